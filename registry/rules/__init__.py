"""Rules: what decides, before anything is said, whether a content may become a version."""

from collections.abc import Callable, Iterator, Mapping

from registry.artifact_types import is_compared
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

_JUDGES: Mapping[str, Callable[[Proposal, frozenset[str]], Verdict]] = {
    VALIDITY: validity.judge,
    INTEGRITY: integrity.judge,
    COMPATIBILITY: compatibility.judge,
}


def effective_rules(of_artifact: Rules, of_all: Rules, configured: Rules) -> Rules:
    """An artifact's own rule goes before the global one, that before the node's configuration.

    Rules of which nobody says a level are left out.
    """
    named = {**configured, **of_all, **of_artifact}
    return {rule: level for rule, level in named.items() if level}


def does_nothing(rule: str, type_name: str) -> bool:
    """Whether the rule accepts every content of that type, since there is nothing to look with."""
    return rule == COMPATIBILITY and not is_compared(type_name)


def evaluate(rules: Rules, proposal: Proposal) -> Iterator[Verdict]:
    """One for each rule that is in force, judged while somebody asks; raises UnknownLevel."""
    for rule, judge in _JUDGES.items():
        levels = parse_levels(rule, rules.get(rule))
        if levels:
            yield judge(proposal, levels)


def enforce(rules: Rules, proposal: Proposal) -> None:
    """Raises RuleViolation for the first rule that refuses the proposal, UnknownLevel."""
    for verdict in evaluate(rules, proposal):
        if verdict.causes:
            raise RuleViolation(verdict)
