"""Contents checked in processes with bounded time and memory, beside the one that asks.

A content may keep a check busy for ever: a regular expression in an XML Schema alone can. In a
process of its own it holds neither the interpreter of the requests nor their memory.
"""

from registry.checking.checks import (
    CheckBudget,
    canonical_hash,
    check_syntax,
    check_validity,
    compare,
    declared_name,
    dereference,
    find_name_paths,
    find_unresolved_references,
    has_layouts,
    lay_out,
    make_outline,
    provided_names,
    side_by_side,
    untyped_violations,
)

__all__ = [
    "CheckBudget",
    "canonical_hash",
    "check_syntax",
    "check_validity",
    "compare",
    "declared_name",
    "dereference",
    "find_name_paths",
    "find_unresolved_references",
    "has_layouts",
    "lay_out",
    "make_outline",
    "provided_names",
    "side_by_side",
    "untyped_violations",
]
