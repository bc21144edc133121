"""API documents of every version with references of every type, written into them."""

import json
from itertools import product
from typing import Any

import fastavro
import jsonschema
import pytest

from registry.artifact_types import (
    ARTIFACT_TYPES,
    DereferenceError,
    ReferencedContent,
    dereference,
    get_artifact_type,
)
from registry.artifact_types.checks import Document
from registry.artifact_types.syntax.json_objects import iter_links, iter_objects
from registry.artifact_types.syntax.json_references import resolve_pointer
from tests.rules.test_dereferencing_combinations import NEWER, OLDER, assert_stands_alone

INFO = {"title": "t", "version": "1"}
PROTO = b'syntax = "proto3"; // a: {comment}\r\nmessage A {\n\n  int32 a = 1; // b\n}\n'
STREET = {"type": "record", "name": "geo.Street", "fields": []}
ORDER = {"type": "record", "name": "Order", "fields": [{"name": "a", "type": "geo.Street"}]}
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://x.example/s.json",
    "definitions": {"n": {"$id": "#here", "type": "integer"}},
    "properties": {"n": {"$ref": "#here"}, "o": {"$ref": "https://x.example/o.json"}},
}
PART = b"""openapi: 3.0.0
info: {title: part, version: '1'}
paths: {}
components:
  responses:
    E: {description: e, content: {a/b: {schema: {$ref: '#/components/schemas/X'}}}}
  schemas: {X: {$ref: s.json}}
"""
TEXTS = {
    "PROTOBUF": PROTO,
    "GRAPHQL": b'# a: comment\r\nscalar Date # "x\n\ntype Query { a: Date }\n',
    "XSD": b'\xef\xbb\xbf<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">\n</xs:schema>',
    "WSDL": b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>\n',
    "XML": b"<a>\n\n</a>",
    "OTHER": b"- key: value\n- text\n",
}
COMPONENTS = {"schemas": {"X": {"type": "string", "minLength": 2}}}
#: A content of each type that is JSON; the last three may have `$ref`s.
VALUES: dict[str, Any] = {
    "AVRO": STREET,
    "KCONNECT": {"connector.class": "x", "tasks.max": 1},
    "JSON": {"type": "string", "minLength": 2},
    "OPENAPI": {"openapi": "3.0.3", "info": INFO, "paths": {}, "components": COMPONENTS},
    "ASYNCAPI": {"asyncapi": "2.6.0", "info": INFO, "channels": {}, "components": COMPONENTS},
}
OPENAPI_VERSIONS = ("2.0", "3.0.3", "3.1.0", "3.2.0")


def reference(kind: str, content: Any, **references: ReferencedContent) -> ReferencedContent:
    written = content if isinstance(content, bytes) else json.dumps(content).encode()
    return ReferencedContent(written, kind, references)


def of_json() -> dict[str, ReferencedContent]:
    """A schema with an address and anchors that refers to another, and a document with both."""
    other = reference("JSON", {"definitions": {"n": {"$id": "#here", "type": "null"}}})
    schema = reference("JSON", SCHEMA, **{"https://x.example/o.json": other})
    return {"s.json": schema, "p.yaml": reference("OPENAPI", PART, **{"s.json": schema})}


def openapi(version: str) -> dict[str, Any]:
    default = {"$ref": "p.yaml#/components/responses/E"}
    return {
        "openapi": version,
        "info": INFO,
        "paths": {"/a": {"get": {"responses": {"default": default}}}},
        "components": {
            "schemas": {
                "default": {"$ref": "s.json#here"},
                "Pet": {
                    "type": "object",
                    "discriminator": {
                        "propertyName": "kind",
                        "mapping": {"s": "s.json", "d": "#/components/schemas/default", "p": "Pet"},
                    },
                },
            },
            "examples": {"e": {"$ref": "e.json"}},
            "links": {"l": {"operationRef": "p.yaml#/paths"}},
        },
    }


def swagger(version: str) -> dict[str, Any]:
    return {
        "swagger": version,
        "info": INFO,
        "paths": {
            "/a": {"get": {"responses": {"default": {"$ref": "p.yaml#/components/responses/E"}}}}
        },
        "definitions": {"default": {"$ref": "s.json#here"}},
    }


def asyncapi(version: str, payload: dict[str, Any], schema_format: str | None) -> dict[str, Any]:
    with_format = {"schemaFormat": schema_format} if schema_format else {}
    if version.startswith("2"):
        message = {**with_format, "payload": payload}
        channels: Any = {"default": {"publish": {"message": message}}}
    else:
        inner = {**with_format, "schema": payload} if schema_format else payload
        channels = {"default": {"messages": {"m": {"payload": inner}}}}
    return {"asyncapi": version, "info": INFO, "channels": channels}


def openapi_with(version: str, schema: Any) -> dict[str, Any]:
    """A document with one schema, which is of OpenAPI 2 for version 2.0."""
    if version == "2.0":
        return {"swagger": version, "info": INFO, "paths": {}, "definitions": {"S": schema}}
    schemas = {"schemas": {"S": schema}}
    return {"openapi": version, "info": INFO, "paths": {}, "components": schemas}


def schema_of(document: Any) -> Any:
    """The one schema of an OpenAPI document, and if it is a `$ref`, what that leads to."""
    schema = document.get("definitions", document.get("components", {}).get("schemas"))["S"]
    while isinstance(schema, dict) and "$ref" in schema:
        schema = resolve_pointer(document, schema["$ref"].removeprefix("#"))
    return schema


def payload_of(document: Any) -> Any:
    """The payload, and if it is a `$ref`, what that leads to."""
    channel = document["channels"]["default"]
    message = channel["publish"]["message"] if "publish" in channel else channel["messages"]["m"]
    payload = message["payload"]
    if isinstance(payload, dict) and "schemaFormat" in payload:
        payload = payload["schema"]
    while isinstance(payload, dict) and "$ref" in payload:
        payload = resolve_pointer(document, payload["$ref"].removeprefix("#"))
    return payload


def assert_all_pointers_lead_somewhere(document: Any) -> None:
    for ref in iter_links(iter_objects(document), is_api=True):
        if not ref.is_optional:
            assert ref.text.startswith("#/"), ref
            resolve_pointer(document, ref.fragment)


def written(kind: str, document: Any, references: dict[str, ReferencedContent]) -> Any:
    result = dereference(kind, json.dumps(document).encode(), references)
    assert_stands_alone(kind, result)
    whole = json.loads(result)
    assert_all_pointers_lead_somewhere(whole)
    return whole


@pytest.mark.parametrize("version", OPENAPI_VERSIONS)
def test_an_openapi_document_holds_all_that_it_needs(version: str) -> None:
    document = swagger(version) if version == "2.0" else openapi(version)
    examples = {"e.json": reference("JSON", {"value": 1})}
    whole = written("OPENAPI", document, {**of_json(), **examples})
    assert set(whole["x-references"]) >= {"p.yaml", "s.json", "https_x.example_o.json"}
    embedded = whole["x-references"]["s.json"]
    assert embedded["properties"] == {
        "n": {"$ref": "#/x-references/s.json/definitions/n"},
        "o": {"$ref": "#/x-references/https_x.example_o.json"},
    }
    schema = {"$ref": "#/x-references/s.json", **whole}
    assert jsonschema.Draft7Validator(schema).is_valid({"n": 1})
    assert not jsonschema.Draft7Validator(schema).is_valid({"n": "x"})
    if version != "2.0":
        mapping = whole["components"]["schemas"]["Pet"]["discriminator"]["mapping"]
        same = "#/components/schemas/default"
        assert mapping == {"s": "#/x-references/s.json", "d": same, "p": "Pet"}


def test_every_type_is_tried_as_a_reference() -> None:
    assert {*TEXTS, *VALUES} - {"OTHER"} == {kind.name for kind in ARTIFACT_TYPES}


@pytest.mark.parametrize(("version", "kind"), [*product(OPENAPI_VERSIONS, TEXTS)])
def test_text_is_kept_byte_for_byte_in_openapi(version: str, kind: str) -> None:
    known = {"t": reference(kind, TEXTS[kind])}
    whole = written("OPENAPI", openapi_with(version, {"$ref": "t"}), known)
    assert schema_of(whole).encode() == TEXTS[kind]


@pytest.mark.parametrize(("version", "kind"), [*product(OPENAPI_VERSIONS, VALUES)])
def test_json_is_kept_in_openapi(version: str, kind: str) -> None:
    known = {"t": reference(kind, VALUES[kind])}
    whole = written("OPENAPI", openapi_with(version, {"$ref": "t"}), known)
    assert schema_of(whole) == VALUES[kind]
    if "components" in VALUES[kind]:
        part = openapi_with(version, {"$ref": "t#/components/schemas/X"})
        assert schema_of(written("OPENAPI", part, known)) == VALUES["JSON"]


@pytest.mark.parametrize("version", OPENAPI_VERSIONS)
def test_a_reference_of_openapi_holds_its_own_references(version: str) -> None:
    order = reference("AVRO", ORDER, **{"geo.Street": reference("AVRO", STREET)})
    whole = written("OPENAPI", openapi_with(version, {"$ref": "o"}), {"o": order})
    assert fastavro.parse_schema(schema_of(whole))
    assert_stands_alone("AVRO", json.dumps(schema_of(whole)).encode())


ASYNCAPI_VERSIONS = ("2.0.0", "2.6.0", "3.0.0", "3.1.0")


@pytest.mark.parametrize(("version", "kind"), [*product(ASYNCAPI_VERSIONS, TEXTS)])
def test_text_is_kept_byte_for_byte(version: str, kind: str) -> None:
    document = asyncapi(version, {"$ref": "t"}, "application/vnd.other;version=1")
    whole = written("ASYNCAPI", document, {"t": reference(kind, TEXTS[kind])})
    assert payload_of(whole).encode() == TEXTS[kind]
    assert '"$ref"' not in json.dumps(whole)

    behind = asyncapi(version, {"$ref": "#/components/schemas/T"}, "application/vnd.other")
    behind["components"] = {"schemas": {"T": {"$ref": "t"}}}
    whole = written("ASYNCAPI", behind, {"t": reference(kind, TEXTS[kind])})
    assert payload_of(whole).encode() == TEXTS[kind]


@pytest.mark.parametrize(
    ("version", "kind", "schema_format"),
    [*product(ASYNCAPI_VERSIONS, VALUES, (None, "application/vnd.other;version=1"))],
)
def test_json_is_kept_in_asyncapi(version: str, kind: str, schema_format: str | None) -> None:
    known = {"t": reference(kind, VALUES[kind])}
    document = asyncapi(version, {"$ref": "t"}, schema_format)
    assert payload_of(written("ASYNCAPI", document, known)) == VALUES[kind]
    if "components" in VALUES[kind]:
        part = asyncapi(version, {"$ref": "t#/components/schemas/X"}, schema_format)
        assert payload_of(written("ASYNCAPI", part, known)) == VALUES["JSON"]


@pytest.mark.parametrize("version", ASYNCAPI_VERSIONS)
def test_an_avro_payload_stands_alone(version: str) -> None:
    street = reference("AVRO", STREET)
    order = reference("AVRO", ORDER, **{"geo.Street": street})
    avro = "application/vnd.apache.avro+json;version=1.9.0"
    document = asyncapi(version, {"$ref": "order.avsc"}, avro)
    whole = written("ASYNCAPI", document, {"order.avsc": order})
    assert fastavro.parse_schema(payload_of(whole))
    content = json.dumps(payload_of(whole)).encode()
    assert get_artifact_type("AVRO").load_checks().violations(Document(content)) == []


@pytest.mark.parametrize("version", ASYNCAPI_VERSIONS)
def test_a_protobuf_payload_with_imports_stands_alone(version: str) -> None:
    inner = reference("PROTOBUF", b'syntax = "proto3"; message B {}')
    outer = b'syntax = "proto3"; import "b.proto"; message A { B b = 1; }'
    document = asyncapi(version, {"$ref": "a.proto"}, "application/vnd.google.protobuf;version=3")
    known = {"a.proto": reference("PROTOBUF", outer, **{"b.proto": inner})}
    text = payload_of(written("ASYNCAPI", document, known))
    assert get_artifact_type("PROTOBUF").load_checks().violations(Document(text.encode())) == []


@pytest.mark.parametrize("version", ASYNCAPI_VERSIONS)
def test_a_json_schema_payload_loses_no_anchor(version: str) -> None:
    whole = written("ASYNCAPI", asyncapi(version, {"$ref": "s.json"}, None), of_json())
    assert payload_of(whole)["properties"]["n"] == {"$ref": "#/x-references/s.json/definitions/n"}


FULL_NAMES = {kind.name for kind in ARTIFACT_TYPES}


@pytest.mark.parametrize("kind", sorted(FULL_NAMES - {"JSON", "OPENAPI", "ASYNCAPI"}))
def test_a_json_schema_takes_in_no_other_kind(kind: str) -> None:
    content = TEXTS.get(kind) or VALUES[kind]
    with pytest.raises(DereferenceError, match="'a' is no JSON Schema"):
        dereference("JSON", b'{"$ref":"a"}', {"a": reference(kind, content)})


@pytest.mark.parametrize("dialect", [*OLDER, *NEWER])
@pytest.mark.parametrize("kind", ["JSON", "OPENAPI", "ASYNCAPI"])
def test_a_json_schema_takes_in_the_schemas_of_documents(kind: str, dialect: str) -> None:
    part = "#/components/schemas/X" if kind != "JSON" else ""
    root = json.dumps({"$schema": dialect, "properties": {"a": {"$ref": f"a{part}"}}}).encode()
    result = dereference("JSON", root, {"a": reference(kind, VALUES[kind])})
    assert_stands_alone("JSON", result)
    after = jsonschema.validators.validator_for(json.loads(result))(json.loads(result))
    assert after.is_valid({"a": "xy"})
    assert not after.is_valid({"a": "x"})


@pytest.mark.parametrize(
    ("references", "reason"),
    [
        ({"a": reference("JSON", b"{")}, "of 'a', The content is not JSON"),
        ({"a": reference("XML", b"\xff")}, "of 'a', the content is not UTF-8"),
        ({"a": reference("JSON", {"b": {"$ref": "#/c"}})}, "nothing at '#/c', to which 'a' refers"),
        ({"a": reference("JSON", {"b": {"$ref": "gone"}})}, "'gone', which 'a' refers to"),
        ({"a": reference("JSON", {})}, "there is nothing at 'a#/b', to which it refers"),
        ({"a": reference("JSON", {"b": {"$recursiveRef": "#"}})}, "depends on the document around"),
        (
            {"a": reference("AVRO", ORDER, b=reference("AVRO", b'"int"'))},
            "of 'a', geo.Street is not defined",
        ),
        ({"a": reference("XSD", b"<a/>", b=reference("XSD", b"<a/>"))}, "no way for contents of"),
    ],
)
def test_a_failed_dereferencing_says_of_which_content(
    references: dict[str, ReferencedContent], reason: str
) -> None:
    schemas = {"schemas": {"a": {"$ref": "a#/b"}}}
    document = {"asyncapi": "2.6.0", "info": INFO, "channels": {}, "components": schemas}
    with pytest.raises(DereferenceError, match=reason):
        dereference("ASYNCAPI", json.dumps(document).encode(), references)
