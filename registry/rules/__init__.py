"""Decides, before anything is published, whether a content may become a version."""

from collections.abc import Callable, Iterator, Mapping

from registry.artifact_types import supports_comparison
from registry.rules import compatibility, integrity, validity
from registry.rules.levels import (
    COMPATIBILITY,
    INTEGRITY,
    LEVELS,
    VALIDITY,
    UnknownLevel,
    parse_levels,
)
from registry.rules.proposals import EarlierVersion, Proposal
from registry.rules.verdicts import Cause, RuleViolation, Verdict

__all__ = [
    "COMPATIBILITY",
    "INTEGRITY",
    "LEVELS",
    "VALIDITY",
    "Cause",
    "EarlierVersion",
    "Proposal",
    "RuleViolation",
    "UnknownLevel",
    "Verdict",
    "does_nothing",
    "effective_rules",
    "enforce",
    "evaluate",
    "parse_levels",
]

#: Rule types and their configurations, such as {"VALIDITY": "FULL"}.
Rules = Mapping[str, str | None]

_CHECKS: Mapping[str, Callable[[Proposal, frozenset[str]], Verdict]] = {
    VALIDITY: validity.check,
    INTEGRITY: integrity.check,
    COMPATIBILITY: compatibility.check,
}


def effective_rules(artifact_rules: Rules, global_rules: Rules, configured: Rules) -> Rules:
    """Merge rules: the artifact's own before the global ones before the node's configuration.

    Rules without a level are left out.
    """
    merged = {**configured, **global_rules, **artifact_rules}
    return {rule: level for rule, level in merged.items() if level}


def does_nothing(rule: str, type_name: str) -> bool:
    """Return whether the rule accepts every content of a type, for want of a check."""
    return rule == COMPATIBILITY and not supports_comparison(type_name)


def evaluate(rules: Rules, proposal: Proposal) -> Iterator[Verdict]:
    """Yield the verdict of each rule with a level, lazily; raises UnknownLevel."""
    for rule, check in _CHECKS.items():
        levels = parse_levels(rule, rules.get(rule))
        if levels:
            yield check(proposal, levels)


def enforce(rules: Rules, proposal: Proposal) -> None:
    """Raise RuleViolation for the first rule to reject the proposal; raises UnknownLevel."""
    for verdict in evaluate(rules, proposal):
        if verdict.causes:
            raise RuleViolation(verdict)
