"""Checks two schemas for a common value: by kind, by constants, by bounds, by properties."""

from collections.abc import Callable
from typing import Any

from registry.artifact_types.json_schema.constraints import Constraints
from registry.artifact_types.json_schema.equality import same_values

#: Expands an inner schema; None if it allows nothing.
Expand = Callable[[Any], Constraints | None]
_MAX_DEPTH = 8


def are_disjoint(left: Constraints, right: Constraints, expand: Expand, depth: int = 0) -> bool:
    """Return whether no value can match both; False if undecided."""
    shared = left.kinds & right.kinds
    constants, other_constants = _constants(left), _constants(right)
    if not shared:
        return True
    if (
        constants is not None
        and other_constants is not None
        and not any(same_values(a, b) for a in constants for b in other_constants)
    ):
        return True
    if shared <= {"integer", "fraction"}:
        return _is_below(left, right) or _is_below(right, left)
    if shared == {"object"} and depth < _MAX_DEPTH:
        return any(
            _are_properties_disjoint(left, right, name, expand, depth)
            for name in left.required | right.required
        )
    for kind, least, most in (
        ("array", "minItems", "maxItems"),
        ("string", "minLength", "maxLength"),
    ):
        if shared == {kind}:
            return left.minimum_count(least) > right.maximum_count(most) or right.minimum_count(
                least
            ) > left.maximum_count(most)
    return False


def _constants(constraints: Constraints) -> list[Any] | None:
    """List the possible values, if the schema has a list."""
    for value in constraints.values("const"):
        return [value]
    for values in constraints.values("enum"):
        if isinstance(values, list):
            return values
    return None


def _is_below(low: Constraints, high: Constraints) -> bool:
    top, bottom = low.upper_bound, high.lower_bound
    if top is None or bottom is None:
        return False
    if top.number == bottom.number:
        return top.is_open or bottom.is_open
    return top.number < bottom.number


def _are_properties_disjoint(
    left: Constraints, right: Constraints, name: str, expand: Expand, depth: int
) -> bool:
    """Check for a required property with no common value on the other side."""
    first, second = _expand_property(left, name, expand), _expand_property(right, name, expand)
    if first is None or second is None:
        return True
    return are_disjoint(first, second, expand, depth + 1)


def _expand_property(constraints: Constraints, name: str, expand: Expand) -> Constraints | None:
    """Expand the schemas of a property; None if it can't be there."""
    gathered: list[Any] = []
    for schema in constraints.schemas:
        properties = schema.get("properties", {})
        if name in properties:
            inner = expand(properties[name])
            if inner is None:
                return None
            gathered.extend(inner.schemas)
        elif schema.get("additionalProperties") is False and not schema.get("patternProperties"):
            return None
    return Constraints(tuple(gathered))
