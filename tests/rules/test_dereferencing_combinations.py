"""JSON Schemas of every dialect with references of every dialect: the result means the same.

API documents, and references of other types, are in test_dereferencing_documents.py.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import urljoin

import jsonschema
import pytest
from referencing import Registry, Resource
from referencing.jsonschema import specification_with

from registry.artifact_types import (
    DereferenceError,
    ReferencedContent,
    dereference,
    get_artifact_type,
)
from registry.artifact_types.checks import Document

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_6 = "http://json-schema.org/draft-06/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
OLDER, NEWER = (DRAFT_4, DRAFT_6, DRAFT_7), (DRAFT_2019, DRAFT_2020)
HOST = "https://x.example/"


def assert_stands_alone(kind: str, content: bytes) -> None:
    """The content is valid by the rules of its type, and refers to nothing outside of itself."""
    checks = get_artifact_type(kind).load_checks()
    assert checks.violations(Document(content)) == [], content.decode()
    assert checks.unresolved_references is not None
    assert checks.unresolved_references(Document(content), ()) == [], content.decode()


def keywords(dialect: str) -> tuple[str, str]:
    """The keywords for an address and for definitions."""
    return "id" if dialect == DRAFT_4 else "$id", "$defs" if dialect in NEWER else "definitions"


def anchored(dialect: str, **schema: Any) -> Any:
    """A schema with the anchor `here`."""
    if dialect in NEWER:
        return {"$anchor": "here", **schema}
    return {keywords(dialect)[0]: "#here", **schema}


def embedded_schemas(dialect: str, named: str | None) -> dict[str, Any]:
    """Schemas of a dialect, which they name if at all, whose addresses and anchors are alike."""
    own, definitions = keywords(dialect)
    naming = {"$schema": named} if named else {}
    return {
        "a.json": {
            **naming,
            definitions: {
                "x": {"items": {"$ref": f"#/{definitions}/y%20z"}},
                "y z": {"type": "integer"},
                "n": anchored(dialect, type="string"),
            },
        },
        "b.json": {
            **naming,
            own: f"{HOST}b.json",
            definitions: {
                "n": anchored(dialect, type="boolean"),
                "i": {own: "i.json", "enum": [1]},
            },
            "properties": {
                "v": {"$ref": "#here"},
                "c": {"$ref": "c.json"},
                "i": {"$ref": "i.json"},
            },
        },
        "c.json": {**naming, "$ref": f"#/{definitions}/n", definitions: {"n": {"type": "null"}}},
        f"{HOST}d.json": {
            **naming,
            "not": {"$ref": "#/properties/p"},
            # What an older dialect ignores beside a `$ref`, and a newer one does not.
            "properties": {"p": {"minimum": 9, "$ref": "c.json", "type": "null"}},
        },
    }  # fmt: skip


def root_schema(dialect: str, other: str, address: str | None) -> Any:
    """A schema that refers to others of another dialect."""
    own, definitions = keywords(dialect)
    return {
        "$schema": dialect,
        **({own: address} if address else {}),
        definitions: {"n": {"type": "array"}, "s": {own: f"{HOST}in/s.json", "type": "number"}},
        "properties": {
            "a": {"$ref": f"a.json#/{keywords(other)[1]}/x"},
            "h": {"$ref": "a.json#here"},
            "b": {"$ref": f"{HOST}b.json"},
            "d": {"$ref": f"{HOST}d.json"},
            "n": {"$ref": f"#/{definitions}/n"},
            "s": {"$ref": f"{HOST}in/s.json"},
        },
    }


def instances() -> Iterator[Any]:
    values = ([1], ["x"], "s", 1, 9, True, None, {"v": True}, {"v": 1}, {"c": None}, {"c": 1})
    for name, value in product("ahbdns", (*values, {"i": 1}, {"i": 2})):
        yield {name: value}


def validator_with(root: Any, references: dict[str, Any]) -> Any:
    """A validator of another maker, which is given the references by their addresses."""
    default = specification_with(root["$schema"])
    resources = [
        (urljoin(base, name), Resource.from_contents(content, default_specification=default))
        for base in ("", HOST)
        for name, content in references.items()
    ]
    registry: Any = Registry().with_resources(resources)
    return jsonschema.validators.validator_for(root)(root, registry=registry)


def linked(references: dict[str, Any], kind: str = "JSON") -> dict[str, ReferencedContent]:
    known = {
        name: ReferencedContent(json.dumps(content).encode(), kind)
        for name, content in references.items()
    }
    for each in known.values():
        each.references.update(known)
    return known


@pytest.mark.parametrize("address", [None, f"{HOST}root.json", "urn:x:root"])
@pytest.mark.parametrize(
    ("dialect", "named"),
    [
        *((dialect, None) for dialect in (*OLDER, *NEWER)),
        *((dialect, dialect) for dialect in (*OLDER, *NEWER)),
        *product(NEWER, (DRAFT_4, DRAFT_7)),
        *((newer, other) for newer, other in product(NEWER, NEWER) if newer != other),
        (DRAFT_7, DRAFT_6),
    ],
)
def test_a_json_schema_means_the_same_by_itself(
    dialect: str, named: str | None, address: str | None
) -> None:
    other = named or dialect
    root, references = root_schema(dialect, other, address), embedded_schemas(other, named)
    content = json.dumps(root).encode()
    result = dereference("JSON", content, linked(references))
    assert_stands_alone("JSON", result)
    before, after = validator_with(root, references), validator_with(json.loads(result), {})
    verdicts = {json.dumps(each): before.is_valid(each) for each in instances()}
    assert {json.dumps(each): after.is_valid(each) for each in instances()} == verdicts
    assert set(verdicts.values()) == {True, False}


@pytest.mark.parametrize(
    ("dialect", "named"),
    [(DRAFT_4, DRAFT_7), (DRAFT_7, DRAFT_4), (DRAFT_6, DRAFT_7), (DRAFT_7, DRAFT_2020)],
)
def test_an_older_draft_has_one_dialect_in_a_document(dialect: str, named: str) -> None:
    content = json.dumps({"$schema": dialect, "$ref": "a.json"}).encode()
    with pytest.raises(DereferenceError, match=rf"the dialect of 'a.json' is {named}"):
        dereference("JSON", content, linked({"a.json": {"$schema": named}}))


@pytest.mark.parametrize("dialect", [*OLDER, *NEWER])
def test_a_boolean_is_a_schema_since_draft_6(dialect: str) -> None:
    content = json.dumps({"$schema": dialect, "not": {"$ref": "a.json"}}).encode()
    if dialect == DRAFT_4:
        with pytest.raises(DereferenceError, match="'a\\.json' is no JSON Schema"):
            dereference("JSON", content, linked({"a.json": True}))
        return
    result = dereference("JSON", content, linked({"a.json": True}))
    assert_stands_alone("JSON", result)
    assert not validator_with(json.loads(result), {}).is_valid(1)


DYNAMIC = {DRAFT_2020: ("$dynamicAnchor", "node", "$dynamicRef", "#node"),
           DRAFT_2019: ("$recursiveAnchor", True, "$recursiveRef", "#")}  # fmt: skip


@pytest.mark.parametrize("dialect", NEWER)
def test_a_tree_that_is_extended_stays_extended(dialect: str) -> None:
    anchor, name, ref, target = DYNAMIC[dialect]
    items = {"items": {ref: target}}
    tree = {"$id": f"{HOST}tree", anchor: name, "properties": {"children": items, "n": True}}
    root = {"$schema": dialect, anchor: name, "$ref": "tree", "unevaluatedProperties": False}
    root["$id"] = f"{HOST}strict"
    result = dereference("JSON", json.dumps(root).encode(), linked({"tree": tree}))
    assert_stands_alone("JSON", result)
    after = validator_with(json.loads(result), {})
    assert after.is_valid({"children": [{"n": 1}]})
    assert not after.is_valid({"children": [{"other": 1}]})


@pytest.mark.parametrize("dialect", [*OLDER, *NEWER])
def test_addresses_that_two_schemas_share_are_told_apart(dialect: str) -> None:
    own, definitions = keywords(dialect)
    same = {own: f"{HOST}same", definitions: {"i": {own: "inner", "type": "string"}}}
    other = {own: f"{HOST}same", definitions: {"i": {own: "inner", "type": "null"}}}
    root = {
        "$schema": dialect,
        own: f"{HOST}root",
        "properties": {"a": {"$ref": "a"}, "b": {"$ref": "b"}},
    }
    references = {
        name: {**each, "properties": {"p": {"$ref": "inner"}}}
        for name, each in (("a", same), ("b", other))
    }
    result = dereference("JSON", json.dumps(root).encode(), linked(references))
    assert_stands_alone("JSON", result)
    after = validator_with(json.loads(result), {})
    assert after.is_valid({"a": {"p": "text"}, "b": {"p": None}})
    assert not after.is_valid({"a": {"p": None}})
    assert not after.is_valid({"b": {"p": "text"}})


def test_a_name_belongs_to_the_content_that_uses_it() -> None:
    text, number = (
        ReferencedContent(b'{"type":"%s"}' % each, "JSON") for each in (b"string", b"number")
    )
    inner = ReferencedContent(b'{"properties":{"t":{"$ref":"t"}}}', "JSON", {"t": number})
    root = b'{"properties":{"t":{"$ref":"t"},"inner":{"$ref":"inner"}}}'
    result = dereference("JSON", root, {"t": text, "inner": inner})
    after = jsonschema.Draft7Validator(json.loads(result))
    assert after.is_valid({"t": "x", "inner": {"t": 1}})
    assert not after.is_valid({"t": 1})
    assert not after.is_valid({"inner": {"t": "x"}})
