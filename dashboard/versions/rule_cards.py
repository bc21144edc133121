"""Rules as pages show them: each with its levels to choose from, and what a choice would break."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from registry.rules import LEVELS, UnknownLevel, parse_levels

_ABOUT = {
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
#: What a rule is switched on with where nobody chose.
_USUAL = {"VALIDITY": "FULL", "INTEGRITY": "FULL", "COMPATIBILITY": "BACKWARD"}


@dataclass(frozen=True, slots=True)
class Choice:
    """`query` asks the page what this level would break."""

    level: str
    words: str
    query: str
    is_current: bool
    is_asked: bool


@dataclass(frozen=True, slots=True)
class Card:
    """`level` is in force, by `source`: artifact, global, node, or empty where nobody says one.

    `is_own` when the rule can be taken away here. `usual` is the query for switching it on.
    """

    rule: str
    about: str
    level: str
    source: str
    is_own: bool
    choices: tuple[Choice, ...]
    usual: str
    does_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A level that somebody looks at before it is set."""

    rule: str
    level: str


def asked_of(query: Mapping[str, str]) -> Asked | None:
    """What an address or a form asks for; None for what is no rule or no level of it."""
    rule, level = query.get("rule", ""), query.get("level", "")
    try:
        parse_levels(rule, level)
    except UnknownLevel:
        return None
    return Asked(rule, level) if level else None


def cards(
    in_force: Mapping[str, tuple[str, str]],
    own: Mapping[str, str | None],
    asked: Asked | None,
    idle: frozenset[str] = frozenset(),
) -> tuple[Card, ...]:
    """`in_force` has level and source by rule, `own` what is set here; `idle` rules do nothing."""
    found = []
    for rule in LEVELS:
        level, source = in_force.get(rule, ("", ""))
        choices = tuple(
            _choice(rule, each, each == level, asked == Asked(rule, each))
            for each in LEVELS[rule].__members__
        )
        usual = urlencode({"rule": rule, "level": _USUAL[rule]})
        found.append(
            Card(rule, _ABOUT[rule], level, source, rule in own, choices, usual, rule in idle)
        )
    return tuple(found)


def _choice(rule: str, level: str, is_current: bool, is_asked: bool) -> Choice:
    words = _FULL[rule] if level == "FULL" else _LEVELS[level]
    return Choice(level, words, urlencode({"rule": rule, "level": level}), is_current, is_asked)
