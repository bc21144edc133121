"""References by address: VALIDITY, INTEGRITY and dereferencing answer alike."""

import json
from typing import Any

import pytest

from registry.artifact_types import DereferenceError, dereference, get_artifact_type
from registry.artifact_types.checks import Document
from tests.rules.referenced import referenced

ROOT = "https://x.example/in/root.json"
B = "https://x.example/in/b.json"
NEWER = "https://json-schema.org/draft/2020-12/schema"
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
INT: dict[str, Any] = {"type": "integer", "definitions": {"x": {}}}
Case = tuple[dict[str, Any], dict[str, Any]]

FOUND: dict[str, Case] = {
    "a name that is the address": ({"$id": ROOT, "not": {"$ref": "b.json"}}, {B: INT}),
    "a name in the root's folder": ({"$id": ROOT, "not": {"$ref": B}}, {"b.json": INT}),
    "an address in the content": ({"not": {"$ref": B}}, {"any": {**INT, "$id": B}}),
    "the name": ({"not": {"$ref": B}}, {B: INT}),
    "the name of a part": ({"not": {"$ref": f"{B}#/definitions/x"}}, {f"{B}#/definitions/x": INT}),
    "the name of a resource": ({"not": {"$ref": f"{B}#/definitions/x"}}, {B: INT}),
    "a fragment that is empty": ({"not": {"$ref": f"{B}#"}}, {"b": {**INT, "$id": f"{B}#"}}),
    "a step up": (
        {"$id": ROOT, "not": {"$ref": "../b.json"}},
        {"https://x.example/b.json": INT},
    ),
    "an inner address": (
        {"not": {"$ref": "https://x.example/part"}},
        {"all.json": {"$id": "https://x.example/all", "definitions": {"p": {"$id": "part"}}}},
    ),
    "an inner address of the schema itself": (
        {"$id": ROOT, "not": {"$ref": B}, "definitions": {"b": {"$id": "b.json", **INT}}},
        {"unused": {}},
    ),
    "an inner base": (
        {"definitions": {"s": {"$id": "https://y.example/s", "not": {"$ref": "b.json"}}}},
        {"https://y.example/b.json": INT},
    ),
    "an anchor": (
        {"$schema": NEWER, "not": {"$ref": f"{B}#here"}},
        {"b": {"$id": B, "$defs": {"h": {"$anchor": "here"}}}},
    ),
    "a dynamic anchor": (
        {"$schema": NEWER, "not": {"$dynamicRef": "b.json#here"}},
        {"b.json": {"$dynamicAnchor": "here"}},
    ),
    "a name of a URN": ({"not": {"$ref": "urn:x:b"}}, {"any": {"$id": "urn:x:b"}}),
    "an address of draft 4": (
        {"$schema": DRAFT_4, "not": {"$ref": B}},
        {"any": {"$schema": DRAFT_4, "id": B}},
    ),
    "a metaschema": (
        {"$schema": NEWER, "not": {"$ref": NEWER}, "properties": {"b": {"$ref": "b"}}},
        {"b": {}},
    ),
}  # fmt: skip
NOT_FOUND: dict[str, Case] = {
    "another name": ({"not": {"$ref": "b.json"}}, {"c.json": INT}),
    "another folder": ({"$id": ROOT, "not": {"$ref": "b.json"}}, {"https://x.example/b.json": INT}),
    "another address": ({"$id": ROOT, "not": {"$ref": "b.json"}}, {"c.json": {"$id": ROOT + "b"}}),
    "a dynamic one": ({"$schema": NEWER, "not": {"$dynamicRef": "b.json#here"}}, {"c.json": {}}),
    "an inner base": (
        {"definitions": {"s": {"$id": "https://y.example/s", "not": {"$ref": "b.json"}}}},
        {"https://x.example/b.json": INT},
    ),
}


def answers(content: dict[str, Any], contents: dict[str, Any]) -> list[bool]:
    """Whether VALIDITY, INTEGRITY and dereferencing find what the schema refers to."""
    known = {name: json.dumps(each).encode() for name, each in contents.items()}
    document = Document(json.dumps(content).encode(), known)
    checks = get_artifact_type("JSON").load_checks()
    assert checks.unresolved_references is not None
    try:
        result = dereference("JSON", document.content, referenced("JSON", known))
    except DereferenceError:
        is_written = False
    else:
        is_written = checks.violations(Document(result)) == []
    return [
        checks.violations(document) == [],
        checks.unresolved_references(document, known.keys()) == [],
        is_written,
    ]


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND.keys())
def test_what_is_found_is_found_by_all(case: Case) -> None:
    assert answers(*case) == [True, True, True]


@pytest.mark.parametrize("case", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_what_is_not_found_is_found_by_none(case: Case) -> None:
    assert answers(*case) == [False, False, False]


def test_an_address_of_which_nothing_is_known_stays() -> None:
    """It is missing among the references, and leads somewhere for those who know it."""
    content = {"not": {"$ref": "https://other.example/a"}, "items": {"$ref": "b"}}
    assert answers(content, {"b": {}}) == [False, False, False]
    result = dereference("JSON", json.dumps(content).encode(), referenced("JSON", {"b": b"{}"}))
    assert json.loads(result)["not"] == {"$ref": "https://other.example/a"}


def test_a_name_that_only_a_reference_uses_is_none_of_the_schema() -> None:
    checks = get_artifact_type("JSON").load_checks()
    assert checks.unresolved_references is not None
    document = Document(b'{"not":{"$ref":"c.json"}}', {"c.json": b"{}", "b.json": b"{}"})
    assert len(checks.unresolved_references(document, ["b.json"])) == 1


API_DOCUMENTS = {
    "OPENAPI": {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}},
    "ASYNCAPI": {"asyncapi": "2.6.0", "info": {"title": "t", "version": "1"}, "channels": {}},
}


@pytest.mark.parametrize("kind", API_DOCUMENTS)
@pytest.mark.parametrize(("given", "is_found"), [(B, True), (f"{B}/other", False)])
def test_an_api_document_finds_a_schema_by_its_address(
    kind: str, given: str, is_found: bool
) -> None:
    content = {**API_DOCUMENTS[kind], "components": {"schemas": {"B": {"$ref": f"{B}#here"}}}}
    schema = {"$id": given, "$defs": {"h": {"$anchor": "here", "type": "integer"}}}
    known = {"any": json.dumps(schema).encode()}
    document = Document(json.dumps(content).encode(), known)
    checks = get_artifact_type(kind).load_checks()
    assert checks.unresolved_references is not None
    assert (checks.unresolved_references(document, known.keys()) == []) is is_found
    result = json.loads(dereference(kind, document.content, referenced("JSON", known)))
    assert (
        result["components"]["schemas"]["B"]["$ref"] == "#/x-references/any/$defs/h"
    ) is is_found


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ({"paths": {"/a": {"get": {"responses": {"default": {"$ref": "r.yaml"}}}}}}, ["r.yaml"]),
        ({"components": {"schemas": {"default": {"$ref": "s.json"}}}}, ["s.json"]),
        ({"components": {"examples": {"e": {"$ref": "e.json"}, "f": {"value": {"$ref": "x"}}}}},
         ["e.json"]),
        ({"components": {"links": {"l": {"operationRef": "o.yaml#/paths/~1a/get"}}}},
         ["o.yaml#/paths/~1a/get"]),
        ({"components": {"schemas": {"A": {"discriminator": {"propertyName": "a", "mapping": {
            "a": "./a.json", "b": "B", "c": "org.c"}}}}}}, ["./a.json"]),
        ({"components": {"schemas": {"A": {"default": {"$ref": "x"}, "properties": {
            "responses": {"default": {"$ref": "x"}}, "default": {"$ref": "d"}}}}}}, ["d"]),
    ],
)  # fmt: skip
def test_references_of_an_openapi_document_are_seen_wherever_they_are(
    content: dict[str, Any], missing: list[str]
) -> None:
    checks = get_artifact_type("OPENAPI").load_checks()
    assert checks.unresolved_references is not None
    document = Document(json.dumps({**API_DOCUMENTS["OPENAPI"], **content}).encode())
    assert [each.names[0] for each in checks.unresolved_references(document, ())] == missing


@pytest.mark.parametrize(
    ("headers", "missing"),
    [
        ({"type": "object", "default": {"$ref": "x"}}, []),
        ({"properties": {"default": {"$ref": "d"}, "headers": {"default": {"$ref": "x"}}}}, ["d"]),
        ({"allOf": [{"$ref": "a"}]}, ["a"]),
    ],
)
def test_the_headers_of_an_asyncapi_message_are_a_schema(
    headers: dict[str, Any], missing: list[str]
) -> None:
    checks = get_artifact_type("ASYNCAPI").load_checks()
    assert checks.unresolved_references is not None
    components = {"messages": {"default": {"headers": headers}}}
    content = json.dumps({**API_DOCUMENTS["ASYNCAPI"], "components": components})
    found = checks.unresolved_references(Document(content.encode()), ())
    assert [each.names[0] for each in found] == missing
