"""Checks the rule INTEGRITY: references exist, are unique, and cover all that the content uses."""

from collections import Counter

from registry.artifact_types import get_artifact_type
from registry.checking import find_unresolved_references
from registry.rules.levels import INTEGRITY, Integrity
from registry.rules.proposals import Proposal
from registry.rules.verdicts import Cause, Verdict


def check(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    """Check the levels in Apicurio's order, and return the verdict of the first failure."""
    is_full = Integrity.FULL in levels
    if is_full or Integrity.NO_DUPLICATES in levels:
        counts = Counter(reference.name for reference in proposal.references)
        causes = [
            Cause("Several references have this name; keep one.", name)
            for name, count in counts.items()
            if count > 1
        ]
        if causes:
            summary = "Duplicate artifact reference(s) found."
            return Verdict(INTEGRITY, Integrity.NO_DUPLICATES, summary, tuple(causes))
    if (is_full or Integrity.REFS_EXIST in levels) and proposal.missing:
        causes = [
            Cause(
                f"There is no version {reference.version!r} of {reference.artifact_id!r} in group "
                f"{reference.group_id or 'default'!r}, which the reference {reference.name!r} "
                "names.",
                reference.name,
            )
            for reference in proposal.missing
        ]
        summary = "Referenced artifact not found."
        return Verdict(INTEGRITY, Integrity.REFS_EXIST, summary, tuple(causes))
    if is_full or Integrity.ALL_REFS_MAPPED in levels:
        causes = _unresolved_references(proposal)
        if causes:
            title = get_artifact_type(proposal.type_name).title
            summary = f"Missing reference detected in {title} artifact."
            return Verdict(INTEGRITY, Integrity.ALL_REFS_MAPPED, summary, tuple(causes))
    return Verdict(INTEGRITY, ",".join(sorted(levels)))


def _unresolved_references(proposal: Proposal) -> list[Cause]:
    causes = []
    names = {reference.name for reference in proposal.references}
    for unresolved in find_unresolved_references(proposal.type_name, proposal.document, names):
        line = f" (line {unresolved.line})" if unresolved.line else ""
        description = (
            f"The content refers to {unresolved.names[0]!r}{line}, and no reference is for it. "
            "Add a reference of that name."
        )
        causes.append(Cause(description, unresolved.path or unresolved.names[0], unresolved.line))
    return causes
