"""Aliases that meet other names, by the specification.

Apache Avro 1.12.0 for Java reads and refuses random data of these pairs alike, except that it takes
a record by any name where its fields fit.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.rules.avro_shapes import array, enum, field, fixed, record
from tests.rules.levels import expected_levels, rejecting_levels
from tests.rules.test_avro_compatibility import encoded

A, B = field("a", "int"), field("b", "int")
B_FROM_A = field("b", "int", aliases=["a"])
C_FROM_BOTH = field("c", "int", aliases=["a", "b"])
X, Y = record(name="X"), record(name="Y")
FROM_BOTH = record(name="Z", aliases=["X", "Y"])


@dataclass(frozen=True)
class Change:
    reason: str
    before: Any
    after: Any
    is_backward: bool
    is_forward: bool


CHANGES = [
    Change("an alias takes a field that stays", record(A), record(A, B_FROM_A), False, True),
    Change(
        "it stays, and has a default",
        record(A),
        record(field("a", "int", default=0), B_FROM_A),
        True,
        True,
    ),
    Change(
        "the new field alone has a default",
        record(A),
        record(A, field("b", "int", aliases=["a"], default=0)),
        False,
        True,
    ),
    Change(
        "the old field's new type is read from nothing",
        record(A),
        record(field("a", "string", default=""), B_FROM_A),
        True,
        False,
    ),
    Change("two fields become one of them", record(A, B), record(B_FROM_A), False, False),
    Change("two fields become a third", record(A, B), record(C_FROM_BOTH), False, False),
    Change(
        "two fields become one with a default",
        record(A, B),
        record(field("c", "int", aliases=["a", "b"], default=0)),
        False,
        False,
    ),
    Change("one of two aliases is written", record(A), record(C_FROM_BOTH), True, False),
    Change(
        "two fields change names",
        record(A, B),
        record(
            field("a", "int", aliases=["b"]),
            field("b", "int", aliases=["a"]),
            A | {"name": "c", "default": 0},
        ),
        True,
        True,
    ),
    Change(
        "an alias of its own changes nothing",
        record(A),
        record(field("a", "int", aliases=["a"])),
        True,
        True,
    ),
    Change(
        "schemas that are the same but for aliases are read as they are",
        record(A, B),
        record(A, B_FROM_A),
        True,
        True,
    ),
    Change(
        "two fields have one alias",
        record(A),
        record(B_FROM_A, field("c", "int", aliases=["a"])),
        False,
        False,
    ),
    Change(
        "two fields have one alias, of which the last counts",
        record(A),
        record(field("b", "int", aliases=["a"], default=0), field("c", "int", aliases=["a"])),
        True,
        False,
    ),
    Change(
        "aliases collide in a record within a union",
        record(field("i", ["null", record(A, name="I")])),
        record(field("i", ["null", record(A, B_FROM_A, name="I")])),
        False,
        True,
    ),
    Change(
        "an alias takes the name of an enum that stays",
        record(field("e", enum("S", name="E"))),
        record(
            field("e", enum("S", name="E")),
            field("f", enum("S", name="G", aliases=["E"]), default="S"),
        ),
        False,
        True,
    ),
    Change(
        "an alias takes the name of a fixed type that stays",
        array(fixed(4, name="F")),
        ["null", array(fixed(4, name="F")), fixed(4, name="G", aliases=["F"])],
        False,
        False,
    ),
    Change("branches of a union become one", [X, Y], [FROM_BOTH], False, False),
    Change("one branch of a union has two aliases", ["null", X], ["null", FROM_BOTH], True, False),
    Change("branches become one that is no union", array([X, Y]), array(FROM_BOTH), False, False),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.reason)
def test_aliases_rewrite_the_writer_s_names(change: Change) -> None:
    result = rejecting_levels("AVRO", encoded(change.after), encoded(change.before))
    assert result == expected_levels(change.is_backward, change.is_forward)
