"""Whether no value can be of two schemas: by kind, by constants, by bounds, by properties."""

from collections.abc import Callable
from typing import Any

from registry.artifact_types.json_schema.equality import same_values
from registry.artifact_types.json_schema.facts import Facts, lower_bound, upper_bound

#: The facts of an inner schema; None if it allows nothing.
Opened = Callable[[Any], Facts | None]
_DEEP = 8


def are_apart(one: Facts, other: Facts, opened: Opened, depth: int = 0) -> bool:
    """True only where it is sure."""
    shared = one.kinds & other.kinds
    if not shared or _constants_differ(one, other):
        return True
    if shared <= {"integer", "fraction"}:
        return _bounds_differ(one, other) or _bounds_differ(other, one)
    if shared == {"object"} and depth < _DEEP:
        return _objects_differ(one, other, opened, depth)
    if shared == {"array"}:
        return one.least("minItems") > other.most("maxItems") or other.least("minItems") > one.most(
            "maxItems"
        )
    if shared == {"string"}:
        return one.least("minLength") > other.most("maxLength") or other.least(
            "minLength"
        ) > one.most("maxLength")
    return False


def _constants_differ(one: Facts, other: Facts) -> bool:
    first, second = _constants(one), _constants(other)
    if first is None or second is None:
        return False
    return not any(same_values(a, b) for a in first for b in second)


def _constants(facts: Facts) -> list[Any] | None:
    """All that it can be, where it names them."""
    for each in facts.given("const"):
        return [each]
    for each in facts.given("enum"):
        if isinstance(each, list):
            return each
    return None


def _bounds_differ(low: Facts, high: Facts) -> bool:
    top, bottom = upper_bound(low), lower_bound(high)
    if top is None or bottom is None:
        return False
    if top.number == bottom.number:
        return top.is_open or bottom.is_open
    return top.number < bottom.number


def _objects_differ(one: Facts, other: Facts, opened: Opened, depth: int) -> bool:
    """By a property that one side needs and the other can't have, or has as something else."""
    for name in one.required | other.required:
        first, second = _property(one, name, opened), _property(other, name, opened)
        if first is None or second is None:
            return True
        if are_apart(first, second, opened, depth + 1):
            return True
    return False


def _property(facts: Facts, name: str, opened: Opened) -> Facts | None:
    """What it may be; None if it can't be there."""
    gathered: list[Any] = []
    for fact in facts.all:
        properties = fact.get("properties", {})
        if name in properties:
            inner = opened(properties[name])
            if inner is None:
                return None
            gathered.extend(inner.all)
        elif fact.get("additionalProperties") is False and not fact.get("patternProperties"):
            return None
    return Facts(tuple(gathered))
