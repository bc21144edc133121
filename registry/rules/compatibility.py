"""COMPATIBILITY: readers with one version can read what was written with another."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Incompatibility, Severity
from registry.rules.levels import COMPATIBILITY, Compatibility
from registry.rules.proposals import EarlierVersion, Proposal
from registry.rules.verdicts import Cause, Verdict

#: A content that breaks this much is refused without comparing it with yet more versions.
_MAX_BREAKS = 100


@dataclass(frozen=True, slots=True)
class _Break:
    """A misfit, and who breaks on what; `is_new` if its line is one of the proposed content."""

    incompatibility: Incompatibility
    consequence: str
    is_new: bool

    @property
    def cause(self) -> Cause:
        line = f" (line {self.incompatibility.line})" if self.incompatibility.line else ""
        description = (
            f"{self.incompatibility.message}{line}. {self.incompatibility.why}; {self.consequence}."
        )
        return Cause(
            description,
            self.incompatibility.path or "/",
            self.incompatibility.line if self.is_new else 0,
        )


def check(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    level = Compatibility(next(iter(levels)))
    compare = get_artifact_type(proposal.type_name).load_checks().incompatibilities
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
            breaks += [
                _Break(incompatibility, who, True)
                for incompatibility in compare(new, earlier.document)
            ]
        if level.is_forward:
            who = f"who reads with version {earlier.version} breaks on data of the new content"
            breaks += [
                _Break(incompatibility, who, False)
                for incompatibility in compare(earlier.document, new)
            ]
        if len(breaks) >= _MAX_BREAKS:
            del breaks[_MAX_BREAKS:]
            break
    errors = [item for item in breaks if item.incompatibility.severity is Severity.ERROR]
    warnings = [item for item in breaks if item.incompatibility.severity is Severity.WARNING]
    summary = ""
    if errors:
        kinds = dict.fromkeys(
            f"{error.incompatibility.message} at {error.incompatibility.path or '/'}"
            for error in errors
        )
        summary = (
            f"Incompatible artifact: {proposal.artifact_id} [{proposal.type_name}], num of "
            f"incompatible diffs: {{{len(errors)}}}, list of diff types: [{', '.join(kinds)}]"
        )
    return Verdict(
        COMPATIBILITY,
        level,
        summary,
        causes=tuple(error.cause for error in errors),
        remarks=tuple(warning.cause for warning in warnings),
    )
