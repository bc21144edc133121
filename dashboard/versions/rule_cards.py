"""Rules as cards, each with its levels and a preview of a choice's impact."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from registry.rules import LEVELS, UnknownLevel, parse_levels

_DESCRIPTIONS = {
    "VALIDITY": "Content must be what its type says.",
    "INTEGRITY": "References must be there, be all, and be named once.",
    "COMPATIBILITY": "A new version must go on working with those before it.",
}
_LEVELS = {
    "NONE": "anything is taken",
    "SYNTAX_ONLY": "it can be read",
    "BACKWARD": "new readers read data of the version before",
    "BACKWARD_TRANSITIVE": "new readers read data of all versions before",
    "FORWARD": "readers of the version before read new data",
    "FORWARD_TRANSITIVE": "readers of all versions before read new data",
    "FULL_TRANSITIVE": "both ways, with all versions before",
    "REFS_EXIST": "all references lead to versions that are there",
    "ALL_REFS_MAPPED": "all that the content refers to has a reference",
    "NO_DUPLICATES": "no two references share a name",
}
_FULL = {
    "VALIDITY": "it can be read and means something",
    "INTEGRITY": "all of these",
    "COMPATIBILITY": "both ways, with the version before",
}
#: The levels with which the rules are switched on by default.
_DEFAULTS = {"VALIDITY": "FULL", "INTEGRITY": "FULL", "COMPATIBILITY": "BACKWARD"}


@dataclass(frozen=True, slots=True)
class LevelOption:
    """`query` leads to the page with a preview of the level's impact."""

    level: str
    words: str
    query: str
    is_current: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class RuleCard:
    """`level` is in force by `source`: artifact, global, node, or empty for none.

    `is_own` is true if the rule can be removed here. `default_query` is the query for enabling it.
    """

    rule: str
    about: str
    level: str
    source: str
    is_own: bool
    options: tuple[LevelOption, ...]
    default_query: str
    does_nothing: bool = False


@dataclass(frozen=True, slots=True)
class RuleChoice:
    """A level to set for a rule."""

    rule: str
    level: str


def parse_rule_choice(query: Mapping[str, str]) -> RuleChoice | None:
    """Parse an address or a form; None for an unknown rule or level."""
    rule, level = query.get("rule", ""), query.get("level", "")
    try:
        parse_levels(rule, level)
    except UnknownLevel:
        return None
    return RuleChoice(rule, level) if level else None


def rule_cards(
    in_force: Mapping[str, tuple[str, str]],
    own: Mapping[str, str | None],
    choice: RuleChoice | None,
    idle: frozenset[str] = frozenset(),
) -> tuple[RuleCard, ...]:
    """Make a card for each rule.

    `in_force` has level and source by rule, `own` the rules set here; `idle` rules have no effect
    on the artifact's type.
    """
    cards = []
    for rule in LEVELS:
        level, source = in_force.get(rule, ("", ""))
        options = []
        for name in LEVELS[rule].__members__:
            words = _FULL[rule] if name == "FULL" else _LEVELS[name]
            query = urlencode({"rule": rule, "level": name})
            is_chosen = choice == RuleChoice(rule, name)
            options.append(LevelOption(name, words, query, name == level, is_chosen))
        card = RuleCard(
            rule,
            _DESCRIPTIONS[rule],
            level,
            source,
            is_own=rule in own,
            options=tuple(options),
            default_query=urlencode({"rule": rule, "level": _DEFAULTS[rule]}),
            does_nothing=rule in idle,
        )
        cards.append(card)
    return tuple(cards)
