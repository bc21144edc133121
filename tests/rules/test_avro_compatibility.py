"""Avro's pairs at all six levels, beside what fastavro makes of data that the other side wrote."""

import io
import json
from typing import Any

import fastavro
import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document, Incompatibility, Severity
from tests.rules.avro_pairs import PAIRS
from tests.rules.avro_shapes import Pair, array, enum, field, fixed, record
from tests.rules.levels import expected_levels, rejecting_levels


def encoded(schema: Any) -> bytes:
    return json.dumps(schema, indent=1).encode()


def can_read(data: Any, written_by: Any, read_by: Any) -> bool:
    """Whether fastavro reads data of the one schema with the other."""
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(written_by), data)
    buffer.seek(0)
    try:
        fastavro.schemaless_reader(
            buffer, fastavro.parse_schema(written_by), fastavro.parse_schema(read_by)
        )
    except (fastavro.read.SchemaResolutionError, ValueError):
        return False
    return True


def incompatibilities(reader: Any, writer: Any, **references: Any) -> list[Incompatibility]:
    compare = get_artifact_type("AVRO").load_checks().incompatibilities
    assert compare is not None
    known = {name.replace("_", "."): encoded(each) for name, each in references.items()}
    documents = Document(encoded(writer), known), Document(encoded(reader), known)
    return compare(*documents, Direction.BACKWARD)


def test_there_are_enough_pairs() -> None:
    assert len(PAIRS) >= 60
    assert len({pair.reason for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_a_pair_at_all_levels(pair: Pair) -> None:
    result = rejecting_levels("AVRO", encoded(pair.after), encoded(pair.before))
    assert result == expected_levels(pair.is_backward, pair.is_forward)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_fastavro_agrees(pair: Pair) -> None:
    assert can_read(pair.written_before, pair.before, pair.after) == pair.is_backward
    assert can_read(pair.written_after, pair.after, pair.before) == pair.is_forward


def test_transitive_levels_look_at_all_versions_and_others_at_the_last() -> None:
    first = encoded(record(field("a", "int"), field("b", "int")))
    second = encoded(record(field("a", "int", default=0), field("b", "int")))
    third = encoded(record(field("b", "int")))
    assert rejecting_levels("AVRO", third, second, first) == {
        "FORWARD_TRANSITIVE",
        "FULL_TRANSITIVE",
    }


def test_an_incompatibility_has_its_path_and_line() -> None:
    (result,) = incompatibilities(
        record(field("a", "int"), field("b", "int")), record(field("a", "int"))
    )
    assert result.path == "/fields/1"
    assert result.line == 9
    assert "b of R is new and has no default" in result.message
    assert "nothing for b" in result.why


def test_names_are_followed_into_references() -> None:
    street = record(field("name", "string"), name="geo.Street")
    longer = record(field("name", "string"), field("no", "int"), name="geo.Street")
    person = record(field("home", "geo.Street"), name="P")
    assert incompatibilities(person, person, geo_Street=street) == []
    compare = get_artifact_type("AVRO").load_checks().incompatibilities
    assert compare is not None
    content = encoded(person)
    (result,) = compare(
        Document(content, {"s": encoded(street)}),
        Document(content, {"s": encoded(longer)}),
        Direction.BACKWARD,
    )
    assert (result.path, result.line) == ("/(s)/fields/1", 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"type": "int", "logicalType": "date"}, "int"),
        (
            {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2},
            {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1},
        ),
        (fixed(12, logicalType="duration"), fixed(12)),
    ],
)
def test_another_logical_type_is_a_warning(before: Any, after: Any) -> None:
    (result,) = incompatibilities(after, before)
    assert result.severity is Severity.WARNING
    assert "logical type was" in result.message


def intricate(size: int) -> Any:
    """Unions of records that are made of unions of the same records."""
    names = [f"R{at}" for at in range(size)]
    branches: list[Any] = [
        record(*(field(f"f{no}", list(names)) for no in range(size)), name=name) for name in names
    ]
    return record(*(field(f"b{at}", branch) for at, branch in enumerate(branches)), name="Top")


def test_the_steps_for_an_intricate_pair_are_limited() -> None:
    schema = array(record(field("x", ["null", enum("A")]), name="Z"))
    for _ in range(60):
        schema = ["null", array(schema)]
    assert incompatibilities(schema, schema) == []
    result = incompatibilities(intricate(7), intricate(7))
    assert all("intricate" in each.message for each in result)


def test_types_that_a_thousand_references_define_are_followed() -> None:
    def known(last: str) -> dict[str, bytes]:
        chain = {"D0": record(field("x", last), name="D0")}
        for at in range(1, 1000):
            chain[f"D{at}"] = record(field("d", f"D{at - 1}"), name=f"D{at}")
        return {name: encoded(each) for name, each in chain.items()}

    compare = get_artifact_type("AVRO").load_checks().incompatibilities
    assert compare is not None
    content = encoded(array("D999"))
    ints, longs = Document(content, known("int")), Document(content, known("long"))
    assert compare(ints, longs, Direction.BACKWARD) == []
    (result,) = compare(longs, ints, Direction.BACKWARD)
    assert result.path == "/(D0)/fields/0/type"
