"""What an Avro change breaks, in words: from the older version to the newer one, and for whom."""

from dataclasses import dataclass
from typing import Any

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document, Incompatibility, Severity
from registry.rules import COMPATIBILITY, EarlierVersion, Proposal, evaluate
from tests.rules.avro_shapes import array, enum, field, fixed, mapped, record
from tests.rules.test_avro_compatibility import encoded

BACKWARD, FORWARD = Direction.BACKWARD, Direction.FORWARD
A = field("a", "int")
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}


def compare(older: Any, newer: Any, direction: Direction) -> list[Incompatibility]:
    compare = get_artifact_type("AVRO").load_checks().incompatibilities
    assert compare is not None
    return compare(Document(encoded(older)), Document(encoded(newer)), direction)


@dataclass(frozen=True)
class Told:
    """A change in one direction: the message, what `why` has in it, and the path in `newer`."""

    older: Any
    newer: Any
    direction: Direction
    message: str
    why: str
    path: str


TOLD = [
    Told(
        record(A),
        record(A, field("b", "int")),
        BACKWARD,
        "The field b of R is new and has no default",
        "nothing for b",
        "/fields/1",
    ),
    Told(
        record(A, field("b", "int")),
        record(A),
        FORWARD,
        "The field b of R is gone and had no default",
        "nothing for b",
        "/fields",
    ),
    Told("long", "int", BACKWARD, "The type was long and is int", "written as long can't", ""),
    Told("int", "long", FORWARD, "The type was int and is long", "written as long can't", ""),
    Told(
        record(field("a", ["null", "int"])),
        record(A),
        BACKWARD,
        "The type was a union of null, int and is int",
        "A value written as null can't be read as int",
        "/fields/0/type",
    ),
    Told(
        record(A),
        record(field("a", ["null", "int"])),
        FORWARD,
        "The type was int and is a union of null, int",
        "A value written as null can't be read as int",
        "/fields/0/type",
    ),
    Told(
        ["null", "int"],
        ["null", "string"],
        BACKWARD,
        "The union lost the branch int",
        "written as int can't be read as a union of null, string",
        "",
    ),
    Told(
        ["null", "int"],
        ["null", "string"],
        FORWARD,
        "The union gained the branch string",
        "written as string can't be read as a union of null, int",
        "",
    ),
    Told(
        enum("A", "B"),
        enum("A"),
        BACKWARD,
        "The enum E lost B, and has no default",
        "written as B can't",
        "/symbols",
    ),
    Told(
        enum("A"),
        enum("A", "B"),
        FORWARD,
        "The enum E gained B, and had no default",
        "written as B can't",
        "/symbols",
    ),
    Told(
        fixed(4),
        fixed(8),
        BACKWARD,
        "The size of F was 4 and is 8",
        "A value of 4 bytes can't be read as one of 8",
        "/size",
    ),
    Told(
        fixed(4),
        fixed(8),
        FORWARD,
        "The size of F was 4 and is 8",
        "A value of 8 bytes can't be read as one of 4",
        "/size",
    ),
    Told(
        record(name="R"),
        record(name="S"),
        BACKWARD,
        "The type was record R and is record S",
        "S has no alias R",
        "/name",
    ),
    Told(
        record(name="R"),
        record(name="S"),
        FORWARD,
        "The type was record R and is record S",
        "R has no alias S",
        "/name",
    ),
    Told(
        record(A),
        record(A, field("b", "int", aliases=["a"])),
        BACKWARD,
        "The alias a of b, in the newer R, takes the field a of the older one, "
        "and a has no default",
        "What was written as a is read as b",
        "/fields/0",
    ),
    Told(
        record(A, field("b", "int", aliases=["a"])),
        record(A),
        FORWARD,
        "The alias a of b, in the older R, takes the field a of the newer one, "
        "and a has no default",
        "What was written as a is read as b",
        "/fields",
    ),
    Told(
        record(A, field("b", "int")),
        record(field("c", "int", aliases=["a", "b"])),
        BACKWARD,
        "The fields a, b of R became one, c, by its name and aliases",
        "can't take c from several",
        "/fields/0",
    ),
    Told(
        record(field("c", "int", aliases=["a", "b"])),
        record(A, field("b", "int")),
        FORWARD,
        "The fields a, b of R were one, c, by its name and aliases",
        "can't take c from several",
        "/fields",
    ),
    Told(
        [record(name="X"), record(name="Y")],
        ["null", record(name="Z", aliases=["X", "Y"])],
        BACKWARD,
        "Several branches of the union became one, Z, by its name and aliases",
        "a union that has Z twice",
        "",
    ),
    Told(
        record(field("e", fixed(4))),
        record(field("e", fixed(4)), field("f", fixed(4, "G", aliases=["F"]), default="abcd")),
        BACKWARD,
        "The alias F of G, in the newer schema, takes F of the older one, where the type is F",
        "A value written as F is read as G, and not as F",
        "/fields/0/type/name",
    ),
    Told("int", "x.T", BACKWARD, "The type was int and is x.T (undefined)", "int", ""),
    Told("x.T", "int", FORWARD, "The type was x.T (undefined) and is int", "int", ""),
]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: f"{told.message}, {told.direction}")
def test_a_cause_is_told_from_the_older_version_to_the_newer(told: Told) -> None:
    (result,) = compare(told.older, told.newer, told.direction)
    assert result.message == told.message
    assert told.why in result.why
    assert result.path == told.path


INNER = record(field("x", "int"), name="I")
INNER_MORE = record(field("x", "int"), field("y", "int"), name="I")


@pytest.mark.parametrize(
    ("older", "newer", "path"),
    [
        (["null", INNER], ["null", INNER_MORE], "/1/fields/1"),
        (["null", INNER], INNER_MORE, "/fields/1"),
        (INNER, ["null", INNER_MORE], "/1/fields/1"),
        (
            ["null", {**INNER, "name": "J"}],
            ["null", {**INNER_MORE, "aliases": ["J"]}],
            "/1/fields/1",
        ),
        (
            ["null", array(["null", INNER])],
            ["null", array(["null", INNER_MORE])],
            "/1/items/1/fields/1",
        ),
        (
            [record(name="J"), mapped(array(INNER))],
            [mapped(array(INNER_MORE)), record(name="J")],
            "/0/values/items/fields/1",
        ),
        (
            record(field("p", ["null", INNER]), field("q", ["null", "I"])),
            record(field("p", ["null", INNER_MORE]), field("q", ["null", "I"])),
            "/fields/0/type/1/fields/1",
        ),
        (
            record(field("next", ["null", "R"])),
            record(field("next", ["null", "R"]), field("y", "int")),
            "/fields/1",
        ),
    ],
)
def test_a_field_is_told_through_unions(older: Any, newer: Any, path: str) -> None:
    result = compare(older, newer, BACKWARD)
    fields = [each for each in result if "is new and has no default" in each.message]
    assert [each.path for each in fields] == [path]
    assert "The field y of" in fields[0].message
    rest = [each.message for each in result if each not in fields]
    assert rest == [] or rest == ["The type was a union of null, record I and is record I"]
    told = [each.message for each in compare(newer, older, FORWARD) if "union" not in each.message]
    assert [message.split(" of ")[0] for message in told] == ["The field y"]
    assert told[0].endswith("is gone and had no default")


def test_a_change_within_a_union_keeps_its_size_name_or_symbols() -> None:
    (cause,) = compare(["null", enum("A", "B")], ["null", enum("A")], BACKWARD)
    assert cause.message == "The enum E lost B, and has no default"
    (cause,) = compare(["null", fixed(4)], ["null", fixed(8)], BACKWARD)
    assert cause.message == "The size of F was 4 and is 8"
    (cause,) = compare(["null", record(name="R")], ["null", record(name="S")], BACKWARD)
    assert cause.message == "The union lost the branch record R"


@pytest.mark.parametrize(
    ("older", "newer", "message", "path"),
    [
        (["a.T", "b.T:int"], ["a.T", "b.T:string"], "The type was int and is string", "/1/fields/"),
        (["a.T", "b.T:int"], ["a.T"], "The union lost the branch record b.T", ""),
        (["b.T:int"], ["a.T"], "The field a of a.T is new and has no default", "/0/fields/0"),
    ],
)
def test_branches_with_one_simple_name_are_told_apart_by_their_namespaces(
    older: list[str], newer: list[str], message: str, path: str
) -> None:
    def branch(text: str) -> Any:
        name, _, kind = text.partition(":")
        return record(field("b", kind) if kind else A, name=name)

    (result,) = compare([*map(branch, older)], [*map(branch, newer)], BACKWARD)
    assert result.message == message
    assert result.path.startswith(path)


def test_another_logical_type_within_a_union_is_a_warning() -> None:
    older, newer = (record(field("at", ["null", kind])) for kind in (MILLIS, MICROS))
    for direction in Direction:
        (result,) = compare(older, newer, direction)
        assert result.severity is Severity.WARNING
        assert result.message == "The logical type was timestamp-millis and is timestamp-micros"
        assert result.path == "/fields/0/type/1"


def test_an_undefined_type_is_taken_for_the_same_under_the_same_name_only() -> None:
    assert compare(["null", "x.T"], ["null", "x.T"], BACKWARD) == []
    (cause,) = compare(["null", "x.T"], ["null", "x.U"], BACKWARD)
    assert cause.message == "The union lost the branch x.T (undefined)"
    (cause,) = compare(["null"], ["null", "x.T"], FORWARD)
    assert cause.message == "The union gained the branch x.T (undefined)"
    (cause,) = compare("null", "x.T", BACKWARD)
    assert cause.message == "The type was null and is x.T (undefined)"


def test_what_can_t_be_parsed_on_either_side_is_no_match() -> None:
    (cause,) = compare(7, 7, BACKWARD)
    assert cause.message == "Both schemas are wrong here, and can't be parsed"
    (cause,) = compare(array(7), array("int"), FORWARD)
    assert (cause.message, cause.path) == ("The type was unknown and is int", "/items")


def test_a_long_union_is_listed_in_part() -> None:
    older = [record(name=f"R{at}") for at in range(40)]
    (cause,) = compare(older, [*older[:30], *(record(name="S") for _ in range(1))], BACKWARD)[:1]
    assert cause.message == "The union lost the branch record R30"
    assert cause.why.endswith("record R8, record R9, 21 more")


def test_full_tells_both_sides_from_the_old_version_to_the_new() -> None:
    older = record(A, field("gone", "int"))
    newer = record(A, field("more", "int"))
    earlier = EarlierVersion("7", Document(encoded(older)))
    proposal = Proposal("a", "AVRO", Document(encoded(newer)), earlier=lambda: [earlier])
    (verdict,) = evaluate({COMPATIBILITY: "FULL"}, proposal)
    new, gone = verdict.causes
    assert new.description == (
        "The field more of R is new and has no default (line 9). What was written without it "
        "leaves the reader nothing for more; who reads with the new content breaks on data of "
        "version 7."
    )
    assert (new.context, new.line) == ("/fields/1", 9)
    assert gone.description == (
        "The field gone of R is gone and had no default (line 4). What was written without it "
        "leaves the reader nothing for gone; who reads with version 7 breaks on data of the new "
        "content."
    )
    assert (gone.context, gone.line) == ("/fields", 4)
