"""What holds of every value that a schema allows: its keywords that are true at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

#: A schema as an object, of which all keywords hold.
Fact = Mapping[str, Any]

#: JSON's kinds of values; numbers are told apart by whether they are whole.
KINDS = ("null", "boolean", "integer", "fraction", "string", "array", "object")
_NUMBERS = frozenset(("integer", "fraction"))


@dataclass(frozen=True, slots=True)
class Bound:
    """A least or greatest number; `is_open` if the number itself is left out."""

    number: float | int
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that all hold of one value. No fact is a `$ref`, or has an `allOf`."""

    all: tuple[Fact, ...]

    @property
    def key(self) -> frozenset[int]:
        return frozenset(map(id, self.all))

    @property
    def kinds(self) -> frozenset[str]:
        """Empty if no value can be."""
        kinds = frozenset(KINDS)
        for fact in self.all:
            kinds &= kinds_of(fact)
        return kinds

    def given(self, keyword: str) -> list[Any]:
        return [fact[keyword] for fact in self.all if keyword in fact]

    def least(self, keyword: str) -> int:
        """Of `minLength` and its like."""
        return max((int(each) for each in self.given(keyword) if _is_number(each)), default=0)

    def most(self, keyword: str) -> float:
        """Of `maxLength` and its like; infinite if nothing bounds it."""
        return min((each for each in self.given(keyword) if _is_number(each)), default=float("inf"))

    @property
    def required(self) -> frozenset[str]:
        named = (each for each in self.given("required") if isinstance(each, list))
        return frozenset(name for names in named for name in names)

    @property
    def names(self) -> frozenset[str]:
        """Of properties that a fact says something about by name."""
        named = (each for each in self.given("properties") if isinstance(each, dict))
        return frozenset(name for names in named for name in names)

    def plus(self, *facts: Fact) -> "Facts":
        return Facts((*self.all, *facts))

    def without(self, fact: Fact, keyword: str) -> "Facts":
        """The same without one keyword of one fact."""
        rest = {key: value for key, value in fact.items() if key != keyword}
        return Facts(tuple(rest if each is fact else each for each in self.all))


def kinds_of(schema: Fact) -> frozenset[str]:
    """By `type` alone."""
    named = schema.get("type")
    if named is None:
        return frozenset(KINDS)
    kinds: set[str] = set()
    for each in named if isinstance(named, list) else [named]:
        kinds |= _NUMBERS if each == "number" else {str(each)}
    return frozenset(kinds)


def named_kinds(kinds: frozenset[str]) -> str:
    """As JSON Schema would name them."""
    named = ["number" if kind == "fraction" else kind for kind in KINDS if kind in kinds]
    if "number" in named and "integer" in named:
        named.remove("integer")
    return " or ".join(named) or "nothing"


def lower_bound(facts: Facts) -> Bound | None:
    return _tightest(_lower(facts), 1)


def upper_bound(facts: Facts) -> Bound | None:
    return _tightest(_upper(facts), -1)


def own_lower_bound(schema: Fact) -> Bound | None:
    return lower_bound(Facts((schema,)))


def own_upper_bound(schema: Fact) -> Bound | None:
    return upper_bound(Facts((schema,)))


def is_tighter(one: Bound, other: Bound | None, sign: int) -> bool:
    """Whether `one` leaves out a number that `other` allows; `sign` is 1 for lower bounds."""
    if other is None:
        return True
    if one.number != other.number:
        return (one.number - other.number) * sign > 0
    return one.is_open and not other.is_open


def _lower(facts: Facts) -> Iterator[Bound]:
    for fact in facts.all:
        yield from _bounds(fact, "minimum", "exclusiveMinimum")


def _upper(facts: Facts) -> Iterator[Bound]:
    for fact in facts.all:
        yield from _bounds(fact, "maximum", "exclusiveMaximum")


def _bounds(fact: Fact, keyword: str, exclusive: str) -> Iterator[Bound]:
    """Draft 4 has `exclusiveMinimum` as a boolean beside `minimum`."""
    limit, opened = fact.get(keyword), fact.get(exclusive)
    if _is_number(limit):
        yield Bound(limit, opened is True)
    if _is_number(opened):
        yield Bound(opened, True)


def _tightest(bounds: Iterator[Bound], sign: int) -> Bound | None:
    found: Bound | None = None
    for each in bounds:
        if is_tighter(each, found, sign):
            found = each
    return found


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def exactly(value: object) -> Fact:
    """A schema that allows this value alone, by keywords that can be compared."""
    if value is None:
        return {"type": "null"}
    if isinstance(value, bool):
        return {"type": "boolean", "const": value}
    if isinstance(value, int | float):
        is_whole = float(value).is_integer() if abs(value) < 2**1000 else True
        return {
            "type": "integer" if is_whole else "number",
            "minimum": value,
            "maximum": value,
            "const": value,
        }
    if isinstance(value, str):
        length = len(value)
        return {"type": "string", "minLength": length, "maxLength": length, "const": value}
    return _exactly_inside(value)


def _exactly_inside(value: object) -> Fact:
    if isinstance(value, list):
        items = [exactly(each) for each in value]
        count = len(items)
        return {
            "type": "array",
            "items": items,
            "additionalItems": False,
            "minItems": count,
            "maxItems": count,
            "const": value,
        }
    members = value if isinstance(value, dict) else {}
    return {
        "type": "object",
        "properties": {key: exactly(each) for key, each in members.items()},
        "required": list(members),
        "additionalProperties": False,
        "minProperties": len(members),
        "maxProperties": len(members),
        "const": value,
    }
