"""Compares JSON values by JSON Schema's rule: 1 is 1.0, and not true."""

from collections.abc import Hashable
from typing import Any


def same_values(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_values(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same_values(*pair) for pair in pairs)
    return bool(one == other)


def value_key(value: Any) -> Hashable:
    """Return a key, equal for the same values and for no others."""
    if isinstance(value, dict):
        return dict, frozenset((key, value_key(member)) for key, member in value.items())
    if isinstance(value, list):
        return list, tuple(map(value_key, value))
    return isinstance(value, bool), value
