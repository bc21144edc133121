"""VALIDITY: the content is what its type says it is."""

from registry.artifact_types import by_name
from registry.artifact_types.checks import Violation
from registry.rules.levels import VALIDITY, Validity
from registry.rules.proposals import Proposal
from registry.rules.verdicts import Cause, Verdict


def judge(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    artifact_type = by_name(proposal.type_name)
    judging = artifact_type.judging()
    if Validity.FULL in levels:
        level, found = Validity.FULL, judging.violations(proposal.document)
    else:
        level, found = Validity.SYNTAX_ONLY, judging.syntax_violations(proposal.document.content)
    summary = f"Syntax violation for {artifact_type.title} artifact." if found else ""
    return Verdict(VALIDITY, level, summary, tuple(map(_cause, found)))


def _cause(violation: Violation) -> Cause:
    place = f" (line {violation.line}, column {violation.column})" if violation.line else ""
    mend = f" {violation.mend}" if violation.mend else ""
    message = violation.message.rstrip(".")
    told = f"{message}{place}.{mend}"
    return Cause(told, violation.path or "/", violation.line, violation.column)
