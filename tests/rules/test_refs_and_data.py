"""What is a `$ref` and what is data, and the ways to spell where one leads: all rules agree."""

import json
from typing import Any

import jsonschema
import pytest

from registry.artifact_types import DereferenceError, dereference, get_artifact_type
from registry.artifact_types.checks import Document
from tests.rules.referenced import referenced

INFO = {"title": "t", "version": "1"}
RESPONSE = {"200": {"description": "d"}}
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
GONE = {"$ref": "gone.json"}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def judged(kind: str, content: bytes, references: dict[str, bytes]) -> tuple[bool, bool, bool]:
    """Whether it is valid, whether its references are complete, whether it can stand alone."""
    checks = get_artifact_type(kind).load_checks()
    document = Document(content, references)
    assert checks.unresolved_references is not None
    is_valid = checks.violations(document) == []
    is_complete = checks.unresolved_references(document, set(references)) == []
    try:
        whole = dereference(kind, content, referenced(kind, references))
    except DereferenceError:
        return is_valid, is_complete, False
    return is_valid, is_complete, checks.unresolved_references(Document(whole), ()) == []


def openapi(version: str = "3.0.3", **members: Any) -> dict[str, Any]:
    return {"openapi": version, "info": INFO, "paths": {}, **members}


def swagger(response: dict[str, Any]) -> dict[str, Any]:
    paths = {"/a": {"get": {"responses": {"200": {"description": "d", **response}}}}}
    return {"swagger": "2.0", "info": INFO, "paths": paths}


LINK = {"operationRef": "#/paths/~1a/get", "requestBody": GONE, "parameters": {"p": GONE}}


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("OPENAPI", swagger({"examples": {"application/json": GONE}})),
        ("OPENAPI", openapi(components={"examples": {"e": {"value": GONE}}})),
        ("OPENAPI", openapi() | {"x-data": {"a": [GONE, {"$ref": "#/gone"}]}}),
        (
            "OPENAPI",
            openapi(
                paths={"/a": {"get": {"responses": RESPONSE}}}, components={"links": {"l": LINK}}
            ),
        ),
        ("ASYNCAPI", {"asyncapi": "2.6.0", "info": INFO, "channels": {}, "x-data": GONE}),
    ],
)
def test_data_refers_to_nothing(kind: str, document: dict[str, Any]) -> None:
    assert judged(kind, encoded(document), {}) == (True, True, True)
    assert json.loads(dereference(kind, encoded(document), {})) == document


def test_what_an_extension_refers_to_is_written_into_it_if_it_is_known() -> None:
    document = openapi() | {"x-schemas": {"a": {"$ref": "a.json"}}}
    whole = json.loads(
        dereference("OPENAPI", encoded(document), referenced("OPENAPI", {"a.json": b"{}"}))
    )
    assert whole["x-schemas"] == {"a": {"$ref": "#/x-references/a.json"}}


def test_a_header_whose_name_begins_like_an_extension_is_none() -> None:
    headers = {"x-next": {"$ref": "gone.json"}}
    response = {"200": {"description": "d", "headers": headers}}
    document = openapi(paths={"/a": {"get": {"responses": response}}})
    assert judged("OPENAPI", encoded(document), {}) == (True, False, False)


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("JSON", {"dependencies": {"default": GONE}}),
        ("JSON", {"properties": {"links": {"properties": {"parameters": GONE}}}}),
        ("JSON", {"properties": {"example": GONE}}),
        (
            "ASYNCAPI",
            {
                "asyncapi": "2.6.0",
                "info": INFO,
                "channels": {},
                "components": {"messageTraits": {"default": {"headers": GONE}}},
            },
        ),
    ],
)
def test_names_of_parts_are_no_keywords(kind: str, document: dict[str, Any]) -> None:
    _, is_complete, can_stand_alone = judged(kind, encoded(document), {})
    assert (is_complete, can_stand_alone) == (False, False)
    references = {"gone.json": b"{}"}
    assert judged(kind, encoded(document), references) == (True, True, True)


@pytest.mark.parametrize("dialect", [DRAFT_7, DRAFT_2020])
@pytest.mark.parametrize(
    ("text", "name", "is_known"),
    [
        ("./b.json", "b.json", True),
        ("b.json", "./b.json", True),
        ("d/../b.json", "b.json", True),
        ("my%20b.json", "my b.json", True),
        ("d%C3%A9.json", "dé.json", True),
        ("HTTP://X.example/b.json", "http://x.example/b.json", True),
        ("http://x.example:80/a/../b.json", "http://x.example/b.json", True),
        ("b.json?v=1", "b.json?v=1", True),
        ("urn:x:b", "urn:x:b", True),
        ("b.json?v=1", "b.json", False),
        ("b.json", "b.json?v=1", False),
        ("../b.json", "b.json", False),
        ("/b.json", "b.json", False),
        ("d/b.json", "b.json", False),
        ("http://x.example:81/b.json", "http://x.example/b.json", False),
        ("http://x.example/B.json", "http://x.example/b.json", False),
    ],
)
def test_a_reference_is_found_by_another_spelling(
    text: str, name: str, is_known: bool, dialect: str
) -> None:
    """Spellings that RFC 3986, section 6.2, has as equivalent; the same as locations in XML."""
    schema = {"$schema": dialect, "properties": {"a": {"$ref": text}}}
    assert judged("JSON", encoded(schema), {name: b"{}"}) == (is_known, is_known, is_known)


NESTED = {"definitions": {"a": {"b": {"type": "string"}}, "a/b": {}, "a%b": {}, "a~b": {}}}


@pytest.mark.parametrize(
    ("fragment", "path"),
    [
        ("/definitions/a%2Fb", "/definitions/a/b"),
        ("/definitions/a~1b", "/definitions/a~1b"),
        ("/definitions/a%7E1b", "/definitions/a~1b"),
        ("/definitions/a%25b", "/definitions/a%25b"),
        ("/definitions/a~0b", "/definitions/a~0b"),
        ("%2Fdefinitions%2Fa", "/definitions/a"),
    ],
)
def test_percent_signs_of_a_pointer_are_read_first(fragment: str, path: str) -> None:
    """RFC 6901, section 6: a fragment is decoded, and then it is a pointer."""
    schema = encoded({"properties": {"a": {"$ref": f"n.json#{fragment}"}}})
    whole = json.loads(dereference("JSON", schema, referenced("JSON", {"n.json": encoded(NESTED)})))
    assert whole["properties"]["a"] == {"$ref": f"#/definitions/n.json{path}"}


WITH_ID = {
    "$id": "https://x.example/a",
    "$defs": {"d": {"type": "integer"}, "n": {"$anchor": "here"}},
    "properties": {"v": {"$ref": "#/$defs/d"}, "w": {"$ref": "#here"}},
}


@pytest.mark.parametrize(
    ("schemas", "places"),
    [
        ({"a": WITH_ID}, []),
        ({"a": {"$ref": "#here"}, "b": {"$anchor": "here"}}, []),
        ({"a": {"$ref": "#here"}}, ["/components/schemas/a/$ref"]),
        (
            {"a": {"$id": "https://x.example/a", "$ref": "#/components"}},
            ["/components/schemas/a/$ref"],
        ),
    ],
)
def test_a_schema_of_openapi_3_1_has_its_own_address(
    schemas: dict[str, Any], places: list[str]
) -> None:
    document = encoded(openapi("3.1.0", components={"schemas": schemas}))
    violations = get_artifact_type("OPENAPI").load_checks().violations(Document(document))
    assert [violation.path for violation in violations] == places


def test_a_channel_to_be_reused_has_no_address_of_its_own() -> None:
    channel = {"parameters": {"id": {"schema": {"type": "string"}}}}
    document = {
        "asyncapi": "2.6.0",
        "info": INFO,
        "channels": {"users/{id}": {"$ref": "#/components/channels/users"}},
        "components": {"channels": {"users": channel}},
    }
    assert judged("ASYNCAPI", encoded(document), {}) == (True, True, True)


def test_half_a_surrogate_pair_stays() -> None:
    schema = b'{"description":"\\ud800 \\u0000","$ref":"b.json"}'
    whole = dereference("JSON", schema, referenced("JSON", {"b.json": b"{}"}))
    assert json.loads(whole)["description"] == "\ud800 \0"


@pytest.mark.parametrize(
    ("kind", "number", "reason"),
    [
        ("JSON", "1e400", "'1e400' is beyond the range of numbers"),
        ("OPENAPI", "-1e400", "'-1e400' is beyond the range of numbers"),
        ("JSON", "9" * 5000, "a number has more than 4,300 digits"),
    ],
)
def test_a_number_that_nothing_holds_is_named(kind: str, number: str, reason: str) -> None:
    content = f'{{"openapi":"3.0.0","maximum":{number}}}'.encode()
    message = f"The content can't be read as JSON: {reason}"
    violations = get_artifact_type(kind).load_checks().violations(Document(content))
    assert [violation.message for violation in violations] == [message]
    with pytest.raises(DereferenceError) as error:
        dereference(kind, content, {})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!int 3", 3),
        ("!!int '3'", 3),
        ("!!float 3", 3),
        ("!!bool true", True),
        ("!!null ''", None),
        ("!!str 3", "3"),
        ("0x1F", 31),
        ("0o17", 15),
        ("010", 10),
        # These are texts in the core schema of YAML 1.2.
        ("0x1_F", "0x1_F"),
        ("0o1_7", "0o1_7"),
        ("1_000", "1_000"),
        ("-0x1F", "-0x1F"),
        ("yes", "yes"),
        ("2020-01-01", "2020-01-01"),
        # JSON has no number for these.
        (".inf", ".inf"),
        ("1e400", "1e400"),
    ],
)
def test_scalars_of_yaml_are_those_of_its_core_schema(text: str, value: object) -> None:
    content = f"openapi: 3.0.0\nx-a: {text}\n".encode()
    read = json.loads(dereference("OPENAPI", content, {}))["x-a"]
    assert (type(read), read) == (type(value), value)


@pytest.mark.parametrize("text", ["!!int x", "!!bool 1", "!!null x", "!!float x"])
def test_a_tag_that_does_not_fit_is_a_fault_of_the_yaml(text: str) -> None:
    content = f"openapi: 3.0.0\nx-a: {text}\n".encode()
    violations = get_artifact_type("OPENAPI").load_checks().syntax_violations(content)
    value = text.partition(" ")[2]
    assert [violation.message for violation in violations] == [
        f"The content is not YAML: {value!r} is not what its tag names"
    ]
    assert violations[0].line == 2


@pytest.mark.parametrize("dialect", [DRAFT_7, DRAFT_2020])
def test_a_reference_may_lead_back_by_the_address_of_the_schema(dialect: str) -> None:
    back = {"$schema": dialect, "properties": {"r": {"$ref": "root.json"}}}
    schema = {
        "$schema": dialect,
        "$id": "https://x.example/root.json",
        "properties": {"b": {"$ref": "b.json"}, "n": {"type": "integer"}},
    }
    name = "https://x.example/b.json"
    whole = json.loads(
        dereference("JSON", encoded(schema), referenced("JSON", {name: encoded(back)}))
    )
    validator = jsonschema.validators.validator_for(whole)(whole)
    assert validator.is_valid({"b": {"r": {"b": {"r": {"n": 1}}}}})
    assert not validator.is_valid({"b": {"r": {"b": {"r": {"n": "x"}}}}})


def test_names_of_references_may_differ_in_their_fragments() -> None:
    schema = {"properties": {"a": {"$ref": "b.json#/x"}, "b": {"$ref": "b.json#/y"}}}
    references = {"b.json#/x": encoded({"x": {}}), "b.json#/y": encoded({"y": {}})}
    assert judged("JSON", encoded(schema), references) == (True, True, True)
    assert judged("JSON", encoded(schema), dict.fromkeys(references, b'{"x":{},"y":{}}')) == (
        *(True, True, True),
    )
    wrong = references | {"b.json#/y": encoded({"x": {}})}
    assert judged("JSON", encoded(schema), wrong) == (False, True, False)


def test_a_message_is_found_in_a_channel_that_is_a_reference() -> None:
    operation = {
        "action": "send",
        "channel": {"$ref": "#/channels/c"},
        "messages": [{"$ref": "#/channels/c/messages/m"}],
    }
    document = {
        "asyncapi": "3.0.0",
        "info": INFO,
        "channels": {"c": {"$ref": "c.json"}},
        "operations": {"o": operation},
    }
    channel = {"address": "c", "messages": {"m": {}}}
    references = {"c.json": encoded(channel)}
    assert judged("ASYNCAPI", encoded(document), references) == (True, True, True)
    inner = encoded(document | {"channels": {"c": channel | {"messages": {"n": {}}}}})
    assert judged("ASYNCAPI", inner, {})[0] is False


def test_what_is_put_in_place_leaves_no_empty_object() -> None:
    message = {
        "schemaFormat": "application/vnd.apache.avro;version=1.9.0",
        "payload": {"$ref": "a.avsc"},
    }
    channels = {"c": {"subscribe": {"message": message}}}
    document = {"asyncapi": "2.6.0", "info": INFO, "channels": channels}
    whole = dereference("ASYNCAPI", encoded(document), referenced("AVRO", {"a.avsc": b'"int"'}))
    assert json.loads(whole).keys() == document.keys()
