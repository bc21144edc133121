"""Checks the rule VALIDITY: the content is valid for its type."""

from registry.artifact_types import get_artifact_type
from registry.checking import check_syntax, check_validity
from registry.rules.levels import VALIDITY, Validity
from registry.rules.proposals import Proposal
from registry.rules.verdicts import Cause, Verdict


def check(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    """Raises CheckersBusy."""
    artifact_type, document = get_artifact_type(proposal.type_name), proposal.document
    if Validity.FULL in levels:
        level, violations = Validity.FULL, check_validity(artifact_type.name, document)
    else:
        level = Validity.SYNTAX_ONLY
        violations = check_syntax(artifact_type.name, document.content)
    causes = []
    for violation in violations:
        line, column = violation.line, violation.column
        position = f" (line {line}, column {column})" if line else ""
        hint = f" {violation.hint}" if violation.hint else ""
        description = f"{violation.message.rstrip('.')}{position}.{hint}"
        causes.append(Cause(description, violation.path or "/", line, column))
    summary = f"Syntax violation for {artifact_type.title} artifact." if causes else ""
    return Verdict(VALIDITY, level, summary, tuple(causes))
