"""What OpenAPI and AsyncAPI ask of documents beyond their JSON Schemas."""

import json
from typing import Any

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Document

INFO = {"info": {"title": "t", "version": "1"}}
RESPONSES = {"responses": {"200": {"description": "d"}}}


def violations(kind: str, document: dict[str, Any]) -> list[tuple[str, str]]:
    checks = get_artifact_type(kind).load_checks()
    result = checks.violations(Document(json.dumps(document).encode()))
    return [(each.message, each.path) for each in result]


def openapi(version: str, paths: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    key = "swagger" if version == "2.0" else "openapi"
    return {key: version, **INFO, "paths": paths or {}, **more}


def get(**more: Any) -> dict[str, Any]:
    return {"get": {**RESPONSES, **more}}


def schemes(version: str, **types: dict[str, Any]) -> dict[str, Any]:
    if version == "2.0":
        return {"securityDefinitions": types}
    return {"components": {"securitySchemes": types}}


VERSIONS = ["2.0", "3.0.3", "3.1.0", "3.2.0"]
KEY = {"type": "apiKey", "in": "header", "name": "X-Key"}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_security_scheme_is_declared(version: str) -> None:
    for place, document in (
        ("/security/0/b", openapi(version, security=[{"b": []}], **schemes(version, a=KEY))),
        ("/paths/~1x/get/security/1/b", openapi(version, {"/x": get(security=[{}, {"b": []}])})),
    ):
        expected = [("The security scheme 'b' is not declared", place)]
        assert violations("OPENAPI", document) == expected
    declared = openapi(version, {"/x": get(security=[{"a": []}])}, **schemes(version, a=KEY))
    assert violations("OPENAPI", declared) == []


@pytest.mark.parametrize("version", VERSIONS)
def test_a_key_takes_scopes_since_3_1(version: str) -> None:
    document = openapi(version, security=[{"a": ["read"]}], **schemes(version, a=KEY))
    message = "The security scheme 'a' of type apiKey takes no scopes"
    expected = [(message, "/security/0/a")] if version in {"2.0", "3.0.3"} else []
    assert violations("OPENAPI", document) == expected


def test_a_security_scheme_of_3_2_may_be_given_by_its_address() -> None:
    security: list[dict[str, Any]] = [{"https://x.example/schemes#/a": []}]
    assert violations("OPENAPI", openapi("3.2.0", security=security)) == []
    assert violations("OPENAPI", openapi("3.1.0", security=security)) != []


@pytest.mark.parametrize(
    ("first", "second", "are_same"),
    [
        ("/a/{x}", "/a/{y}", True),
        ("/a/{x}/b/{z}", "/a/{z}/b/{x}", True),
        ("/a/{x}", "/a/x", False),
        ("/a/{x}", "/a/{x}/", False),
        ("/a/{x}.json", "/a/{x}", False),
    ],
)
def test_paths_differ_in_more_than_names(first: str, second: str, are_same: bool) -> None:
    message = f"The path {second!r} is the same as {first!r}: only names differ"
    place = f"/paths/{second.replace('/', '~1')}"
    for version in VERSIONS:
        paths = {path: templated(version, path) for path in (first, second)}
        expected = [(message, place)] if are_same else []
        assert violations("OPENAPI", openapi(version, paths)) == expected


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/a/{x}/{y}/{x}", "The path '/a/{x}/{y}/{x}' has {x} twice"),
        ("/a/{x}/{y", "The path '/a/{x}/{y' has a brace without its counterpart"),
        ("/a/{x}}", "The path '/a/{x}}' has a brace without its counterpart"),
    ],
)
def test_a_path_is_a_template(version: str, path: str, message: str) -> None:
    place = f"/paths/{path.replace('/', '~1')}"
    document = openapi(version, {path: templated(version, path)})
    assert (message, place) in violations("OPENAPI", document)


def templated(version: str, path: str) -> dict[str, Any]:
    kind = {"type": "string"} if version == "2.0" else {"schema": {"type": "string"}}
    names = [name for name in "xyz" if f"{{{name}}}" in path]
    parameters = [{"name": name, "in": "path", "required": True, **kind} for name in names]
    return {"parameters": parameters, **get()}


def test_a_link_leads_to_an_operation_that_is_there() -> None:
    def linked(identifier: str) -> dict[str, Any]:
        response = {"description": "d", "links": {"next": {"operationId": identifier}}}
        return {"/x": {"get": {"operationId": "one", "responses": {"200": response}}}}

    place = "/paths/~1x/get/responses/200/links/next/operationId"
    for version in ("3.0.3", "3.1.0", "3.2.0"):
        assert violations("OPENAPI", openapi(version, linked("one"))) == []
        assert violations("OPENAPI", openapi(version, linked("two"))) == [
            ("No operation has the operationId 'two'", place)
        ]
        elsewhere = {**linked("two"), "/y": {"$ref": "other.json#/y"}}
        assert violations("OPENAPI", openapi(version, elsewhere)) == []


def query(name: str, place: str = "query") -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {"type": "string"}}


def test_a_list_has_each_parameter_once() -> None:
    components = {"parameters": {"A": query("a")}}
    reference = {"$ref": "#/components/parameters/A"}
    twice = [("The parameter 'a' in query is there twice", "/paths/~1x/get/parameters/1")]
    for pair in ([query("a"), query("a")], [query("a"), reference], [reference, reference]):
        document = openapi("3.0.3", {"/x": get(parameters=pair)}, components=components)
        # The schema of 3.0 reports equal items as well.
        assert twice[0] in violations("OPENAPI", document)
    same = {"/x": {"parameters": [query("a"), reference], **get()}}
    assert violations("OPENAPI", openapi("3.1.0", same, components=components)) == [
        ("The parameter 'a' in query is there twice", "/paths/~1x/parameters/1")
    ]


def test_an_operation_may_replace_a_parameter_of_its_path() -> None:
    paths = {
        "/x": {
            "parameters": [query("a"), query("a", "header")],
            **get(parameters=[query("a"), query("b")]),
        }
    }
    assert violations("OPENAPI", openapi("3.1.0", paths)) == []


def test_a_body_of_2_0_is_alone() -> None:
    body = {"name": "b", "in": "body", "schema": {}}
    form = {"name": "f", "in": "formData", "type": "string"}
    path = {"/x": {"parameters": [body], "post": {**RESPONSES, "parameters": [form]}}}
    (violation,) = violations("OPENAPI", openapi("2.0", path))
    assert violation[1] == "/paths/~1x/post"
    replaced = {"/x": {"parameters": [body], "post": {**RESPONSES, "parameters": [body]}}}
    assert violations("OPENAPI", openapi("2.0", replaced)) == []


def test_operation_ids_are_unique_in_webhooks_and_callbacks_too() -> None:
    one = get(operationId="one")
    callback = {"cb": {"{$request.body#/url}": one}}
    for more in ({"webhooks": {"x-w": one}}, {"components": {"pathItems": {"P": one}}}):
        messages = violations("OPENAPI", openapi("3.1.0", {"/x": one}, **more))
        assert [message for message, _ in messages] == ["The operationId 'one' is there twice"]
    paths = {"/x": get(operationId="one", callbacks=callback)}
    assert violations("OPENAPI", openapi("3.0.3", paths)) == [
        (
            "The operationId 'one' is there twice",
            "/paths/~1x/get/callbacks/cb/{$request.body#~1url}/get/operationId",
        )
    ]


def test_tags_have_names_of_their_own() -> None:
    tags = [{"name": "a"}, {"name": "b"}, {"name": "a", "description": "other"}]
    for version in VERSIONS:
        expected = [("The tag 'a' is there twice", "/tags/2")]
        assert violations("OPENAPI", openapi(version, tags=tags)) == expected


def asyncapi(version: str, channels: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"asyncapi": version, **INFO, "channels": channels, **more}


AVRO = "application/vnd.apache.avro;version=1.9.0"
OAS = "application/vnd.oai.openapi;version=3.0.0"


@pytest.mark.parametrize("version", [f"2.{minor}.0" for minor in range(7)])
@pytest.mark.parametrize("schema_format", [AVRO, OAS, "application/schema+json;version=draft-07"])
def test_a_payload_of_any_format_may_be_a_reference(version: str, schema_format: str) -> None:
    def message(payload: Any) -> dict[str, Any]:
        message = {"schemaFormat": schema_format, "payload": payload}
        return asyncapi(version, {"a": {"publish": {"message": message}}})

    assert violations("ASYNCAPI", message({"$ref": "user.avsc"})) == []
    assert violations("ASYNCAPI", message({"$ref": "#/nowhere"})) != []
    assert violations("ASYNCAPI", message({"type": 7})) != []


@pytest.mark.parametrize("version", ["3.0.0", "3.1.0"])
def test_a_payload_of_version_3_may_be_a_reference(version: str) -> None:
    payload = {"schemaFormat": AVRO, "schema": {"$ref": "user.avsc"}}
    channels = {"a": {"address": "a", "messages": {"m": {"payload": payload}}}}
    assert violations("ASYNCAPI", asyncapi(version, channels)) == []


def server(**more: Any) -> dict[str, Any]:
    return {"s": {"url": "x", "protocol": "kafka", **more}}


def test_security_schemes_of_asyncapi_2_are_declared() -> None:
    for place, document in (
        (
            "/servers/s/security/0/b",
            asyncapi("2.6.0", {}, servers=server(security=[{"b": []}])),
        ),
        (
            "/channels/a/publish/security/0/b",
            asyncapi("2.6.0", {"a": {"publish": {"security": [{"b": []}]}}}),
        ),
        (
            "/channels/a/publish/traits/0/security/0/b",
            asyncapi("2.6.0", {"a": {"publish": {"traits": [{"security": [{"b": []}]}]}}}),
        ),
    ):
        expected = [("The security scheme 'b' is not declared", place)]
        assert violations("ASYNCAPI", document) == expected
    components = {"securitySchemes": {"b": {"type": "X509"}, "o": {"type": "plain"}}}
    servers = server(security=[{"b": []}, {"o": ["read"]}])
    document = asyncapi("2.6.0", {}, servers=servers, components=components)
    assert violations("ASYNCAPI", document) == [
        ("The security scheme 'o' of type plain takes no scopes", "/servers/s/security/1/o")
    ]


def test_servers_of_a_channel_are_declared() -> None:
    document = asyncapi("2.6.0", {"a": {"servers": ["s", "r"]}}, servers=server())
    assert violations("ASYNCAPI", document) == [
        ("The server 'r' is not declared", "/channels/a/servers/1")
    ]
    reused = {"servers": {"r": {"host": "x", "protocol": "kafka"}}}
    channels = {"a": {"servers": [{"$ref": "#/components/servers/r"}]}}
    assert violations("ASYNCAPI", asyncapi("3.0.0", channels, components=reused)) == [
        ("'#/components/servers/r' does not begin with #/servers/", "/channels/a/servers/0")
    ]


@pytest.mark.parametrize(
    ("address", "names", "expected"),
    [
        ("a/{x}", ["x"], []),
        ("a/{x}", [], ["The address has {x}, and the channel has no such parameter"]),
        ("a", ["x"], ["The parameter 'x' is one of the address, which has no {x}"]),
    ],
)
def test_a_channel_has_the_parameters_of_its_address(
    address: str, names: list[str], expected: list[str]
) -> None:
    version_2: dict[str, Any] = {address: {"parameters": {name: {} for name in names}}}
    version_3: dict[str, Any] = {
        "c": {"address": address, "parameters": {name: {} for name in names}}
    }
    for document in (asyncapi("2.6.0", version_2), asyncapi("3.0.0", version_3)):
        assert [message for message, _ in violations("ASYNCAPI", document)] == expected


CHANNELS = {
    "a/b": {"address": "a", "messages": {"m": {"$ref": "#/components/messages/m"}}},
    "c": {"address": "c", "messages": {"m": {}}},
}
COMPONENTS = {"messages": {"m": {}}, "channels": {"c": {"messages": {"m": {}}}}}


@pytest.mark.parametrize(
    ("message", "is_valid"),
    [
        ("#/channels/a~1b/messages/m", True),
        ("#/channels/a%7E1b/messages/m", True),
        ("#/channels/c/messages/m", False),
        ("#/components/messages/m", False),
    ],
)
def test_messages_of_an_operation_are_those_of_its_channel(message: str, is_valid: bool) -> None:
    channel = {"$ref": "#/channels/a~1b"}
    wrong = f"The message {message!r} is none of the channel '#/channels/a~1b'"
    inner = {"channel": channel, "messages": [{"$ref": message}]}
    for path, operation in (
        ("/operations/o/messages/0", {"action": "send", **inner}),
        ("/operations/o/reply/messages/0", {"action": "send", "channel": channel, "reply": inner}),
    ):
        document = asyncapi("3.0.0", CHANNELS, operations={"o": operation}, components=COMPONENTS)
        assert violations("ASYNCAPI", document) == ([] if is_valid else [(wrong, path)])


def test_a_channel_of_an_operation_is_one_of_the_document() -> None:
    reused = {"action": "send", "channel": {"$ref": "#/components/channels/c"}}
    document = asyncapi(
        "3.0.0",
        CHANNELS,
        operations={"o": reused},
        components={**COMPONENTS, "operations": {"p": reused}},
    )
    assert violations("ASYNCAPI", document) == [
        ("'#/components/channels/c' does not begin with #/channels/", "/operations/o/channel")
    ]
