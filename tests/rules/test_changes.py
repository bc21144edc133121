"""What changed between two contents, and whom it breaks."""

import json

from registry.artifact_types.checks import Document
from registry.content_changes import ContentChange, ContentDifference, compare_contents


def avro(*fields: tuple[str, str, object]) -> Document:
    told = [
        {"name": name, "type": kind} | ({} if default is ... else {"default": default})
        for name, kind, default in fields
    ]
    schema = {"type": "record", "name": "Price", "fields": told}
    return Document(json.dumps(schema).encode())


def by_place(found: ContentDifference) -> dict[str, ContentChange]:
    return {each.path: each for each in found.changes}


def test_each_change_has_its_verdict() -> None:
    old = avro(("cents", "int", ...), ("gone", "string", ...))
    new = avro(("cents", "long", ...), ("tax", "double", ...), ("more", "string", "x"))
    found = compare_contents("AVRO", old, new)
    assert found.is_compared
    assert not found.is_backward
    assert not found.is_forward
    changes = by_place(found)
    assert {place: each.kind for place, each in changes.items()} == {
        "Price.cents": "changed",
        "Price.gone": "removed",
        "Price.tax": "added",
        "Price.more": "added",
    }
    assert changes["Price.cents"].description == "int, required → long, required"
    assert changes["Price.cents"].backward == ""
    assert "read as int" in changes["Price.cents"].forward
    assert "no default" in changes["Price.tax"].backward
    assert changes["Price.tax"].forward == ""
    assert "no default" in changes["Price.gone"].forward
    assert (changes["Price.more"].backward, changes["Price.more"].forward) == ("", "")


def test_a_field_inside_a_record_inside_is_found_by_its_place() -> None:
    def nested(kind: str) -> Document:
        inner = {"type": "record", "name": "Tax", "fields": [{"name": "id", "type": kind}]}
        fields = [{"name": "id", "type": "int"}, {"name": "tax", "type": inner}]
        return Document(json.dumps({"type": "record", "name": "P", "fields": fields}).encode())

    found = compare_contents("AVRO", nested("int"), nested("string"))
    (change,) = found.changes
    assert change.path == "Tax.id"
    assert change.backward
    assert change.forward


def test_json_schema_and_protobuf_are_judged_too() -> None:
    old = Document(b'{"type":"object","properties":{"a":{"type":"integer"}}}')
    new = Document(b'{"type":"object","properties":{"a":{"type":"string"}}}')
    found = by_place(compare_contents("JSON", old, new))
    assert "A value of integer is refused" in found["Schema.a"].backward
    proto = b'syntax = "proto3"; message A { int32 x = 1; %s }'
    found = by_place(
        compare_contents("PROTOBUF", Document(proto % b""), Document(proto % b"string y = 2;"))
    )
    assert found["A.y"].kind == "added"
    assert found["A.y"].backward == ""


def test_a_change_that_no_outline_shows_is_told_by_what_it_breaks() -> None:
    found = compare_contents("AVRO", Document(b'"int"'), Document(b'"string"'))
    assert [each.kind for each in found.changes] == ["changed"]
    assert found.changes[0].backward


def test_a_type_that_is_not_compared_tells_changes_without_verdicts() -> None:
    old, new = (f"type Query {{ {name}: Int }}".encode() for name in ("a", "b"))
    found = compare_contents("GRAPHQL", Document(old), Document(new))
    assert not found.is_compared
    assert {(each.kind, each.path) for each in found.changes} == {
        ("added", "QUERY b"),
        ("added", "QUERY b answer"),
        ("removed", "QUERY a"),
        ("removed", "QUERY a answer"),
    }


def test_equal_contents_and_garbage_differ_in_nothing() -> None:
    assert compare_contents("AVRO", avro(), avro()).changes == ()
    assert compare_contents("NONE", Document(b"\xff"), Document(b"\x00")).changes == ()
