"""Avro schemas with what they refer to written into them."""

import json

import pytest

from registry.artifact_types import DereferenceError, dereference
from tests.rules.referenced import in_turn

STREET = b'{"type":"record","name":"Street","namespace":"geo","fields":[]}'


def whole(schema: object, *references: bytes) -> object:
    content = schema if isinstance(schema, bytes) else json.dumps(schema).encode()
    return json.loads(dereference("AVRO", content, in_turn("AVRO", *references)))


def record(name: str, *types: object) -> dict[str, object]:
    fields = [{"name": f"f{at}", "type": kind} for at, kind in enumerate(types)]
    return {"type": "record", "name": name, "fields": fields}


def test_a_type_is_written_out_where_it_is_used_first_and_named_from_then_on() -> None:
    assert whole(record("P", "geo.Street", ["null", "geo.Street"]), STREET) == record(
        "P", json.loads(STREET), ["null", "geo.Street"]
    )


def test_a_reference_of_a_reference_is_written_into_it() -> None:
    city = {**record("City", "Street"), "namespace": "geo"}
    street = {key: value for key, value in json.loads(STREET).items() if key != "namespace"}
    assert whole(record("P", "geo.City"), STREET, json.dumps(city).encode()) == record(
        "P", {**city, "fields": [{"name": "f0", "type": street}]}
    )


def test_what_the_canonical_form_drops_is_kept() -> None:
    enum = {"type": "enum", "name": "E", "doc": "d", "symbols": ["A"], "default": "A"}
    field = {"name": "a", "type": {**enum, "aliases": ["F"]}, "doc": "which", "order": "ignore"}
    schema = {
        "type": "record",
        "name": "P",
        "doc": "a person",
        "fields": [{**field, "aliases": ["g"]}],
        "aliases": ["Q", "old.P"],
        "owner": "us",
    }
    assert whole(schema) == schema


def test_a_name_in_the_same_namespace_is_shortened_as_avro_does() -> None:
    schema = {**record("P", "geo.Street"), "namespace": "geo", "aliases": ["geo.Q"]}
    result = dereference("AVRO", json.dumps(schema).encode(), in_turn("AVRO", STREET))
    assert result == (
        b'{"type":"record","name":"P","namespace":"geo","fields":[{"name":"f0","type":'
        b'{"type":"record","name":"Street","fields":[]}}],"aliases":["Q"]}'
    )


@pytest.mark.parametrize(
    ("kind", "content", "reason"),
    [
        ("AVRO", b'{"type":"record","name":"P","fields":[{"name":"a","type":"B"}]}', "B is not"),
        ("AVRO", b"no json", "not JSON"),
        ("AVRO", b'{"type":"array","items":' * 5000, "not JSON"),
        ("WSDL", b"", "no way for contents of type WSDL"),
        ("COBOL", b"", "no way for contents of type COBOL"),
    ],
)
def test_a_failed_dereferencing_says_why(kind: str, content: bytes, reason: str) -> None:
    with pytest.raises(DereferenceError, match=reason):
        dereference(kind, content, {})
