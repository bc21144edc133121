"""Checks the rule COMPATIBILITY: readers with one version can read data of another."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice

from registry.artifact_types import supports_comparison
from registry.artifact_types.checks import Direction, Incompatibility, Severity
from registry.checking import CheckBudget, compare
from registry.rules.levels import COMPATIBILITY, Compatibility
from registry.rules.proposals import EarlierVersion, Proposal
from registry.rules.verdicts import Cause, Verdict

#: A content that breaks this much is refused without comparing it with yet more versions.
_MAX_BREAKS = 100


@dataclass(frozen=True, slots=True)
class _Break:
    """An incompatibility with an earlier version, and its consequence for readers."""

    incompatibility: Incompatibility
    version: str
    consequence: str

    @property
    def cause(self) -> Cause:
        line = self.incompatibility.line
        is_in_older = self.incompatibility.is_in_older
        place = f" (line {line}{f' of version {self.version}' if is_in_older else ''})"
        description = (
            f"{self.incompatibility.message}{place if line else ''}. "
            f"{self.incompatibility.why}; {self.consequence}."
        )
        return Cause(description, self.incompatibility.path or "/", 0 if is_in_older else line)


def check(proposal: Proposal, levels: frozenset[str]) -> Verdict:
    level = Compatibility(next(iter(levels)))
    if not supports_comparison(proposal.type_name):
        return Verdict(COMPATIBILITY, level, does_nothing=True)
    new = proposal.document
    compare_with = partial(
        compare,
        proposal.type_name,
        budget=CheckBudget(),
        by_confluent_rules=proposal.by_confluent_rules,
    )
    versions: Iterable[EarlierVersion] = proposal.earlier()
    if not level.is_transitive:
        versions = islice(versions, 1)
    errors: list[_Break] = []
    warnings: list[_Break] = []
    for earlier in versions:
        breaks: list[_Break] = []
        if level.is_backward:
            who = f"who reads with the new content breaks on data of version {earlier.version}"
            breaks += [
                _Break(incompatibility, earlier.version, who)
                for incompatibility in compare_with(earlier.document, new, Direction.BACKWARD)
            ]
        if level.is_forward:
            who = f"who reads with version {earlier.version} breaks on data of the new content"
            breaks += [
                _Break(incompatibility, earlier.version, who)
                for incompatibility in compare_with(earlier.document, new, Direction.FORWARD)
            ]
        errors += [item for item in breaks if item.incompatibility.severity is Severity.ERROR]
        warnings += [item for item in breaks if item.incompatibility.severity is Severity.WARNING]
        # Warnings, however many, leave no error out.
        del errors[_MAX_BREAKS:], warnings[_MAX_BREAKS:]
        if len(errors) == _MAX_BREAKS:
            break
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
