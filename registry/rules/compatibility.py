"""COMPATIBILITY: readers with one version can read what was written with another."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from registry.artifact_types import by_name
from registry.artifact_types.checks import Misfit, Severity
from registry.rules.levels import COMPATIBILITY, Compatibility
from registry.rules.proposals import EarlierVersion, Proposal
from registry.rules.verdicts import Cause, Verdict

#: A content that breaks this much is refused without comparing it with yet more versions.
_MAX_BREAKS = 100


@dataclass(frozen=True, slots=True)
class _Break:
    """A misfit, and who breaks on what; `is_new` if its line is one of the proposed content."""

    misfit: Misfit
    consequence: str
    is_new: bool

    @property
    def cause(self) -> Cause:
        line = f" (line {self.misfit.line})" if self.misfit.line else ""
        description = f"{self.misfit.message}{line}. {self.misfit.why}; {self.consequence}."
        return Cause(description, self.misfit.path or "/", self.misfit.line if self.is_new else 0)


def check(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    level = Compatibility(next(iter(levels)))
    compare = by_name(proposal.type_name).judging().misfits
    if compare is None:
        return Verdict(COMPATIBILITY, level, does_nothing=True)
    new = proposal.document
    versions: Iterable[EarlierVersion] = proposal.earlier()
    if not level.is_transitive:
        versions = islice(versions, 1)
    breaks: list[_Break] = []
    for earlier in versions:
        if level.is_backward:
            who = f"who reads with the new content breaks on data of version {earlier.version}"
            breaks += [_Break(misfit, who, True) for misfit in compare(new, earlier.document)]
        if level.is_forward:
            who = f"who reads with version {earlier.version} breaks on data of the new content"
            breaks += [_Break(misfit, who, False) for misfit in compare(earlier.document, new)]
        if len(breaks) >= _MAX_BREAKS:
            del breaks[_MAX_BREAKS:]
            break
    errors = [each for each in breaks if each.misfit.severity is Severity.ERROR]
    warnings = [each for each in breaks if each.misfit.severity is Severity.WARNING]
    summary = ""
    if errors:
        kinds = dict.fromkeys(
            f"{each.misfit.message} at {each.misfit.path or '/'}" for each in errors
        )
        summary = (
            f"Incompatible artifact: {proposal.artifact_id} [{proposal.type_name}], num of "
            f"incompatible diffs: {{{len(errors)}}}, list of diff types: [{', '.join(kinds)}]"
        )
    return Verdict(
        COMPATIBILITY,
        level,
        summary,
        causes=tuple(each.cause for each in errors),
        remarks=tuple(each.cause for each in warnings),
    )
