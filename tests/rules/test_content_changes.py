"""What changed between two contents, and whom it breaks."""

import json

from registry.artifact_types.checks import Document
from registry.content_changes import ContentChange, ContentDifference, compare_contents


def avro(*fields: tuple[str, str, object]) -> Document:
    record_fields = [
        {"name": name, "type": kind} | ({} if default is ... else {"default": default})
        for name, kind, default in fields
    ]
    schema = {"type": "record", "name": "Price", "fields": record_fields}
    return Document(json.dumps(schema).encode())


def by_path(difference: ContentDifference) -> dict[str, ContentChange]:
    return {change.path: change for change in difference.changes}


def test_every_change_says_whom_it_breaks() -> None:
    old = avro(("cents", "int", ...), ("gone", "string", ...))
    new = avro(("cents", "long", ...), ("tax", "double", ...), ("more", "string", "x"))
    result = compare_contents("AVRO", old, new)
    assert result.is_compared
    assert not result.is_backward
    assert not result.is_forward
    changes = by_path(result)
    assert {path: change.kind for path, change in changes.items()} == {
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


def test_a_field_of_a_nested_record_has_a_path_of_names() -> None:
    def nested(kind: str) -> Document:
        inner = {"type": "record", "name": "Tax", "fields": [{"name": "id", "type": kind}]}
        fields = [{"name": "id", "type": "int"}, {"name": "tax", "type": inner}]
        return Document(json.dumps({"type": "record", "name": "P", "fields": fields}).encode())

    result = compare_contents("AVRO", nested("int"), nested("string"))
    (change,) = result.changes
    assert change.path == "Tax.id"
    assert change.backward
    assert change.forward


def test_json_schema_and_protobuf_are_compared_too() -> None:
    old = Document(b'{"type":"object","properties":{"a":{"type":"integer"}}}')
    new = Document(b'{"type":"object","properties":{"a":{"type":"string"}}}')
    result = by_path(compare_contents("JSON", old, new))
    assert "A value of integer is refused" in result["Schema.a"].backward
    proto = b'syntax = "proto3"; message A { int32 x = 1; %s }'
    result = by_path(
        compare_contents("PROTOBUF", Document(proto % b""), Document(proto % b"string y = 2;"))
    )
    assert result["A.y"].kind == "added"
    assert (result["A.y"].backward, result["A.y"].forward) == ("", "")


def test_a_change_that_no_outline_shows_is_described_by_what_it_breaks() -> None:
    result = compare_contents("AVRO", Document(b'"int"'), Document(b'"string"'))
    assert [change.kind for change in result.changes] == ["changed"]
    assert result.changes[0].backward


def test_a_type_without_a_comparison_has_changes_without_verdicts() -> None:
    old, new = (f"type Query {{ {name}: Int }}".encode() for name in ("a", "b"))
    result = compare_contents("GRAPHQL", Document(old), Document(new))
    assert not result.is_compared
    assert {(change.kind, change.path) for change in result.changes} == {
        ("added", "QUERY b"),
        ("added", "QUERY b answer"),
        ("removed", "QUERY a"),
        ("removed", "QUERY a answer"),
    }


def test_equal_contents_and_garbage_differ_in_nothing() -> None:
    assert compare_contents("AVRO", avro(), avro()).changes == ()
    assert compare_contents("NONE", Document(b"\xff"), Document(b"\x00")).changes == ()
