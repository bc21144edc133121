"""INTEGRITY: references lead somewhere, each once, and nothing is referred to without one."""

from collections import Counter
from collections.abc import Iterator

from registry.artifact_types import by_name
from registry.references import Reference
from registry.rules.levels import INTEGRITY, Integrity
from registry.rules.proposals import Proposal
from registry.rules.verdicts import Cause, Verdict


def judge(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    """Looks in the order in which Apicurio does; the first of them that fails names it."""
    for level in (Integrity.NO_DUPLICATES, Integrity.REFS_EXIST, Integrity.ALL_REFS_MAPPED):
        if level in levels or Integrity.FULL in levels:
            summary, causes = _JUDGES[level](proposal)
            if causes:
                return Verdict(INTEGRITY, level, summary, causes)
    return Verdict(INTEGRITY, ",".join(sorted(levels)))


def _duplicates(proposal: Proposal) -> tuple[str, tuple[Cause, ...]]:
    counts = Counter(each.name for each in proposal.references)
    doubled = [name for name, count in counts.items() if count > 1]
    causes = (Cause("Several references have this name; keep one.", name) for name in doubled)
    return "Duplicate artifact reference(s) found.", tuple(causes)


def _missing(proposal: Proposal) -> tuple[str, tuple[Cause, ...]]:
    causes = (
        Cause(f"There is no {_spelled(each)}, which the reference {each.name!r} names.", each.name)
        for each in proposal.missing
    )
    return "Referenced artifact not found.", tuple(causes)


def _unmapped(proposal: Proposal) -> tuple[str, tuple[Cause, ...]]:
    artifact_type = by_name(proposal.type_name)
    summary = f"Missing reference detected in {artifact_type.title} artifact."
    return summary, tuple(_unmapped_causes(proposal))


def _unmapped_causes(proposal: Proposal) -> Iterator[Cause]:
    judging = by_name(proposal.type_name).judging()
    if judging.unmapped is None:
        return
    names = {each.name for each in proposal.references}
    for each in judging.unmapped(proposal.document, names):
        line = f" (line {each.line})" if each.line else ""
        told = f"The content refers to {each.names[0]!r}{line}, and no reference is for it."
        mend = "Add a reference of that name."
        yield Cause(f"{told} {mend}", each.path or each.names[0], each.line)


def _spelled(reference: Reference) -> str:
    group = reference.group_id or "default"
    return f"version {reference.version!r} of {reference.artifact_id!r} in group {group!r}"


_JUDGES = {
    Integrity.NO_DUPLICATES: _duplicates,
    Integrity.REFS_EXIST: _missing,
    Integrity.ALL_REFS_MAPPED: _unmapped,
}
