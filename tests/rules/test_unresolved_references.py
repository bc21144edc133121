"""What contents refer to, found by what they really hold."""

import json

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Document

XSD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
    '<xs:import namespace="urn:b" schemaLocation="b.xsd"/><xs:import namespace="urn:c"/>'
    '\n<xs:include schemaLocation="d.xsd"/></xs:schema>'
)
WSDL = (
    '<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">'
    '<import namespace="u" location="o.wsdl"/>'
    f"<types>{XSD}</types></definitions>"
)


@pytest.mark.parametrize(
    ("kind", "content", "names", "found"),
    [
        ("AVRO", '{"type":"array","items":"a.B"}', [], [("a.B", 1)]),
        ("AVRO", '{"type":"array","items":"a.B"}', ["a.B"], []),
        ("AVRO", '[\n"null",\n"C"]', [], [("C", 3)]),
        (
            "AVRO",
            '{"type":"record","name":"n.R","fields":[{"name":"a","type":"B"}]}',
            [],
            [("n.B", 1)],
        ),
        ("AVRO", '{"type":"record","name":"n.R","fields":[{"name":"a","type":"B"}]}', ["B"], []),
        ("JSON", '{"items":{"$ref":"a.json#/x"}}', [], [("a.json#/x", 1)]),
        ("JSON", '{"items":{"$ref":"a.json#/x"}}', ["a.json"], []),
        ("JSON", '{"items":{"$ref":"a.json#/x"}}', ["a.json#/x"], []),
        ("JSON", '{"$ref":"#/x"}', [], []),
        ("JSON", '{"$defs":{"b":{"$id":"b.json"}},"$ref":"b.json"}', [], []),
        ("JSON", '{"default":{"$ref":"a.json"},"properties":{"default":{"$ref":"b"}}}', [],
         [("b", 1)]),
        ("OPENAPI", "openapi: 3.0.0\nx:\n  $ref: other.yaml#/a", [], [("other.yaml#/a", 3)]),
        ("ASYNCAPI", '{"asyncapi":"2.6.0","x":{"$ref":"o.json"}}', ["o.json"], []),
        ("PROTOBUF", 'import "a/b.proto"; import "google/protobuf/any.proto";', [],
         [("a/b.proto", 1)]),
        ("PROTOBUF", 'import "a/b.proto";', ["a/b.proto"], []),
        ("XSD", XSD, ["b.xsd"], [("d.xsd", 2)]),
        ("WSDL", WSDL, [], [("o.wsdl", 1), ("b.xsd", 1), ("d.xsd", 2)]),
        ("AVRO", "{", [], []),
        ("JSON", "{", [], []),
        ("PROTOBUF", "{", [], []),
        ("XSD", "<", [], []),
    ],
)  # fmt: skip
def test_unresolved_references_are_listed(
    kind: str, content: str, names: list[str], found: list[tuple[str, int]]
) -> None:
    unmapped = get_artifact_type(kind).load_checks().unresolved_references
    assert unmapped is not None
    told = unmapped(Document(content.encode()), names)
    assert [(each.names[0], each.line) for each in told] == found


def test_a_type_that_a_reference_defines_needs_no_name() -> None:
    unmapped = get_artifact_type("AVRO").load_checks().unresolved_references
    assert unmapped is not None
    street = json.dumps({"type": "record", "name": "geo.Street", "fields": []}).encode()
    document = Document(b'{"type":"array","items":"geo.Street"}', {"any name": street})
    assert unmapped(document, ["any name"]) == []
