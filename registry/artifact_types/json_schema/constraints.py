"""Combines schemas that hold of one value at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

#: A schema that is an object, of which all keywords hold.
SchemaObject = Mapping[str, Any]

#: JSON's kinds of values; numbers are told apart by whether they are whole.
KINDS = ("null", "boolean", "integer", "fraction", "string", "array", "object")
_NUMBERS = frozenset(("integer", "fraction"))


@dataclass(frozen=True, slots=True)
class Bound:
    """A least or greatest number; `is_open` if the number itself is left out."""

    number: float | int
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Constraints:
    """Schemas in force together for one value.

    None of them is a `$ref`, or has an `allOf`.
    """

    schemas: tuple[SchemaObject, ...]

    @property
    def key(self) -> frozenset[int]:
        """Identify the same objects."""
        return frozenset(map(id, self.schemas))

    @property
    def kinds(self) -> frozenset[str]:
        """Return the allowed kinds of values; empty if there can be no value."""
        kinds = frozenset(KINDS)
        for schema in self.schemas:
            kinds &= kinds_of_type(schema)
        are_whole = any(map(_is_whole, self.values("multipleOf")))
        return kinds - {"fraction"} if are_whole else kinds

    def values(self, keyword: str) -> list[Any]:
        """List the keyword's values."""
        return [schema[keyword] for schema in self.schemas if keyword in schema]

    def minimum_count(self, keyword: str) -> int:
        """Return the limit by `minLength` or its like."""
        return max((int(value) for value in self.values(keyword) if is_number(value)), default=0)

    def maximum_count(self, keyword: str) -> float:
        """Return the limit by `maxLength` or its like; infinite without one."""
        limits = (value for value in self.values(keyword) if is_number(value))
        return min(limits, default=float("inf"))

    @property
    def required(self) -> frozenset[str]:
        lists = (value for value in self.values("required") if isinstance(value, list))
        return frozenset(name for names in lists for name in names)

    @property
    def property_names(self) -> frozenset[str]:
        """Return the names in `properties`."""
        objects = (value for value in self.values("properties") if isinstance(value, dict))
        return frozenset(name for names in objects for name in names)

    @property
    def lower_bound(self) -> Bound | None:
        """Return the tightest of `minimum` and `exclusiveMinimum`."""
        return self._tightest_bound("minimum", "exclusiveMinimum", 1)

    @property
    def upper_bound(self) -> Bound | None:
        """Return the tightest of `maximum` and `exclusiveMaximum`."""
        return self._tightest_bound("maximum", "exclusiveMaximum", -1)

    def plus(self, *schemas: SchemaObject) -> "Constraints":
        return Constraints((*self.schemas, *schemas))

    def _tightest_bound(self, keyword: str, exclusive_keyword: str, sign: int) -> Bound | None:
        bounds: list[Bound] = []
        for schema in self.schemas:
            limit, exclusive = schema.get(keyword), schema.get(exclusive_keyword)
            if is_number(limit):
                # Draft 4 has `exclusiveMinimum` as a boolean beside `minimum`.
                bounds.append(Bound(limit, exclusive is True))
            if is_number(exclusive):
                bounds.append(Bound(exclusive, True))
        tightest: Bound | None = None
        for bound in bounds:
            if is_tighter(bound, tightest, sign):
                tightest = bound
        return tightest


def kinds_of_type(schema: SchemaObject) -> frozenset[str]:
    """Return the kinds allowed by `type` alone."""
    types = schema.get("type")
    if types is None:
        return frozenset(KINDS)
    kinds: set[str] = set()
    for name in types if isinstance(types, list) else [types]:
        kinds |= _NUMBERS if name == "number" else {str(name)}
    return frozenset(kinds)


def format_kinds(kinds: frozenset[str]) -> str:
    """Name kinds as JSON Schema would."""
    names = ["number" if kind == "fraction" else kind for kind in KINDS if kind in kinds]
    if "number" in names and "integer" in names:
        names.remove("integer")
    return " or ".join(names) or "nothing"


def is_tighter(bound: Bound, other: Bound | None, sign: int) -> bool:
    """Check if `bound` excludes a number allowed by `other`; `sign` is 1 for lower bounds."""
    if other is None:
        return True
    if bound.number != other.number:
        return (bound.number > other.number) is (sign > 0)
    return bound.is_open and not other.is_open


def is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(step: object) -> bool:
    """Check if all multiples are whole numbers; 2.0 is 2 in JSON."""
    return is_number(step) and step != 0 and (isinstance(step, int) or step.is_integer())


def literal(value: object) -> SchemaObject:
    """Make a schema for this value alone, of comparable keywords."""
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
    if isinstance(value, list):
        return {
            "type": "array",
            "items": [literal(item) for item in value],
            "additionalItems": False,
            "minItems": len(value),
            "maxItems": len(value),
            "const": value,
        }
    members = value if isinstance(value, dict) else {}
    return {
        "type": "object",
        "properties": {key: literal(member) for key, member in members.items()},
        "required": list(members),
        "additionalProperties": False,
        "minProperties": len(members),
        "maxProperties": len(members),
        "const": value,
    }
