"""COMPATIBILITY: who reads with one version reads what was written with another."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from registry.artifact_types import by_name
from registry.artifact_types.checks import Document, Misfit, Severity
from registry.rules.levels import COMPATIBILITY, Compatibility
from registry.rules.proposals import EarlierVersion, Proposal
from registry.rules.verdicts import Cause, Verdict

#: A content that breaks this much is refused without looking at yet more versions.
_ENOUGH = 100

Comparison = Callable[[Document, Document], list[Misfit]]


@dataclass(frozen=True, slots=True)
class _Found:
    """`is_new` if the reader's content, in which the misfit has its line, is the proposed one."""

    misfit: Misfit
    who: str
    is_new: bool

    @property
    def cause(self) -> Cause:
        line = f" (line {self.misfit.line})" if self.misfit.line else ""
        told = f"{self.misfit.message}{line}. {self.misfit.why}; {self.who}."
        return Cause(told, self.misfit.path or "/", self.misfit.line if self.is_new else 0)

    @property
    def short(self) -> str:
        return f"{self.misfit.message} at {self.misfit.path or '/'}"


def judge(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    level = Compatibility(next(iter(levels)))
    compare = by_name(proposal.type_name).judging().misfits
    if compare is None:
        return Verdict(COMPATIBILITY, level, does_nothing=True)
    earlier: Iterable[EarlierVersion] = proposal.earlier()
    if not level.is_transitive:
        earlier = islice(earlier, 1)
    found = list(islice(_found(proposal.document, earlier, level, compare), _ENOUGH))
    errors = [each for each in found if each.misfit.severity is Severity.ERROR]
    remarks = tuple(each.cause for each in found if each.misfit.severity is Severity.WARNING)
    causes = tuple(each.cause for each in errors)
    return Verdict(COMPATIBILITY, level, _summary(proposal, errors), causes, remarks)


def _found(
    new: Document, earlier: Iterable[EarlierVersion], level: Compatibility, compare: Comparison
) -> Iterator[_Found]:
    for each in earlier:
        if level.is_backward:
            who = f"who reads with the new content breaks on data of version {each.version}"
            yield from (_Found(misfit, who, True) for misfit in compare(new, each.document))
        if level.is_forward:
            who = f"who reads with version {each.version} breaks on data of the new content"
            yield from (_Found(misfit, who, False) for misfit in compare(each.document, new))


def _summary(proposal: Proposal, errors: list[_Found]) -> str:
    if not errors:
        return ""
    named = ", ".join(dict.fromkeys(each.short for each in errors))
    return (
        f"Incompatible artifact: {proposal.artifact_id} [{proposal.type_name}], "
        f"num of incompatible diffs: {{{len(errors)}}}, list of diff types: [{named}]"
    )
