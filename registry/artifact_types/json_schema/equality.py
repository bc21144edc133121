"""Compares JSON values by JSON Schema's rule: 1 is 1.0, and not true."""

from collections.abc import Hashable
from typing import Any


def same_values(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(
            same_values(left[key], right[key]) for key in left
        )
    if isinstance(left, list) and isinstance(right, list):
        pairs = zip(left, right, strict=False)
        return len(left) == len(right) and all(same_values(*pair) for pair in pairs)
    return bool(left == right)


def value_key(value: Any) -> Hashable:
    """Return a key, equal for the same values and for no others."""
    if isinstance(value, dict):
        return dict, frozenset((key, value_key(member)) for key, member in value.items())
    if isinstance(value, list):
        return list, tuple(map(value_key, value))
    return isinstance(value, bool), value
