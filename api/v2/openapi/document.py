"""The document, made of its tables."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Any

from django.conf import settings

from access.configuration import AuthMethod
from api.release import RELEASE
from api.v2.openapi.operation import CONTENT, Operation
from api.v2.openapi.operations import FOR_ANYBODY, OPERATIONS
from api.v2.openapi.parameters import HEADERS, NEW_GROUP, PATH, QUERY
from api.v2.openapi.schemas import schemas

_JSON = "application/json"
_ZIP = "application/zip"
#: What contents are sent as, and come as; the type of an artifact decides the latter.
_MEDIA_TYPES = (
    *(_JSON, "application/x-yaml", "application/xml"),
    *("application/x-protobuf", "application/graphql", "application/octet-stream"),
)
#: Texts and bytes of these types are not empty; of others the schema is for their values.
_SENT = {each: {"type": "string", "minLength": 1} for each in _MEDIA_TYPES[3:]}
_WORDS = {
    400: "What was asked can't be understood.",
    401: "Nobody proved who asks.",
    403: "Who asks may not.",
    404: "It is not there.",
    405: "That is not done here.",
    409: "It can't be done as things are, or a rule refuses it.",
    413: "It is too large.",
    415: "Not of that media type.",
    429: "Too many requests.",
    503: "Not at present: try again.",
}
_OF_VERSION = {
    "groupId": "$request.path.groupId",
    "version": "$response.body#/version",
    "globalId": "$response.body#/globalId",
    "contentId": "$response.body#/contentId",
}
#: What an answer names of that which it made, by OpenAPI's runtime expressions.
_MAKES: dict[str, dict[str, str]] = {
    "createArtifact": {**_OF_VERSION, "artifactId": "$response.body#/id"},
    "createArtifactVersion": {**_OF_VERSION, "artifactId": "$request.path.artifactId"},
    "createGroup": {"groupId": "$response.body#/id"},
    "addArtifactVersionComment": {
        "groupId": "$request.path.groupId",
        "artifactId": "$request.path.artifactId",
        "version": "$request.path.version",
        "commentId": "$response.body#/commentId",
    },
}
#: What any operation may answer.
_ALWAYS = (400, 401, 403, 429, 503)
_SCHEMES: dict[AuthMethod, dict[str, Any]] = {
    AuthMethod.BASIC: {"type": "http", "scheme": "basic"},
    AuthMethod.OIDC: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}


def document() -> dict[str, Any]:
    """OpenAPI 3.0.3, of this node with its settings."""
    ways = settings.ANNALS_ACCESS.methods
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Annals: Registry API v2",
            "version": RELEASE.version,
            "description": "Artifacts, their versions and rules. Clients of Apicurio Registry 2.x "
            "speak this API.",
        },
        "servers": [{"url": f"{settings.ANNALS_PREFIX}/apis/registry/v2"}],
        "tags": [{"name": each} for each in OPERATIONS],
        "security": [{way.value: []} for way in sorted(ways)],
        "paths": _paths(),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {way.value: _SCHEMES[way] for way in sorted(ways)},
        },
    }


@cache
def _paths() -> dict[str, dict[str, Any]]:
    paths: dict[str, dict[str, Any]] = {}
    for tag, operations in OPERATIONS.items():
        for each in operations:
            paths.setdefault(each.path, {})[each.method] = _operation(tag, each)
    return paths


def _operation(tag: str, operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        **({"security": []} if tag == FOR_ANYBODY else {}),
        "tags": [tag],
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": [*_parameters(operation)],
        "responses": {**_success(operation), **_errors(operation)},
    }
    if operation.body:
        told["requestBody"] = {"required": True, "content": _body(operation)}
    return told


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    of_path = re.findall(r"{(\w+)}", operation.path)
    return [
        *(_parameter("path", name, *_in_path(operation, name)) for name in of_path),
        *(_parameter("query", name, *QUERY[name]) for name in operation.query),
        *(_parameter("header", name, *HEADERS[name]) for name in operation.headers),
    ]


def _in_path(operation: Operation, name: str) -> tuple[dict[str, Any], str]:
    makes_one = operation.id == "createArtifact" and name == "groupId"
    return NEW_GROUP if makes_one else PATH[name]


def _parameter(place: str, name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "required": place == "path",
        "description": description,
        "schema": schema,
    }


def _body(operation: Operation) -> dict[str, Any]:
    if operation.body == CONTENT:
        told: dict[str, Any] = {each: {"schema": _SENT.get(each, {})} for each in _MEDIA_TYPES}
        if operation.extended:
            extended = {"schema": {"$ref": "#/components/schemas/ContentWithReferences"}}
            told[f"application/{operation.extended}.extended+json"] = extended
            told[f"application/vnd.{operation.extended}.extended+json"] = extended
        return told
    if operation.media_type == _ZIP:
        return {_ZIP: {"schema": {"type": "string", "format": "binary"}}}
    return {_JSON: {"schema": {"$ref": f"#/components/schemas/{operation.body}"}}}


def _success(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if operation.answer:
        told["200"] = {"description": "Done.", "content": _answer(operation)}
        if operation.id in _MAKES:
            told["200"]["links"] = _links(_MAKES[operation.id])
    if not operation.answer or "dryRun" in operation.query:
        told["204"] = {"description": "Done; there is nothing to tell."}
    if operation.method == "get":
        told["304"] = {"description": "Not changed since it was asked for."}
    return told


def _links(known: Mapping[str, str]) -> dict[str, Any]:
    """To all that can be asked of what was made; `known` are expressions by parameter."""
    links = {}
    for each in chain.from_iterable(OPERATIONS.values()):
        needed = {*re.findall(r"{(\w+)}", each.path)}
        if needed and needed - {"rule"} <= known.keys():
            parameters = {name: known[name] for name in sorted(needed & known.keys())}
            links[each.id] = {"operationId": each.id, "parameters": parameters}
    return links


def _answer(operation: Operation) -> dict[str, Any]:
    if operation.answer == CONTENT:
        return {each: {"schema": {}} for each in _MEDIA_TYPES}
    if operation.answer == "Archive":
        binary = {"schema": {"type": "string", "format": "binary"}}
        link = {"schema": {"$ref": "#/components/schemas/DownloadRef"}}
        return {_ZIP: binary, _JSON: link} if operation.query else {_ZIP: binary}
    schema = {"$ref": f"#/components/schemas/{operation.answer}"}
    return {_JSON: {"schema": {"type": "array", "items": schema} if operation.is_list else schema}}


def _errors(operation: Operation) -> dict[str, Any]:
    error = {_JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        str(status): {"description": _WORDS[status], "content": error}
        for status in sorted({*_ALWAYS, *operation.errors})
    }
