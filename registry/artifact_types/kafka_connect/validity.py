"""Whether content is what Kafka Connect takes: a schema of its own, or a connector's settings."""

from functools import lru_cache
from typing import Any

import jsonschema_rs

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import Structured, read_json
from registry.artifact_types.syntax.metaschemas import merged, validator
from registry.artifact_types.syntax.metaschemas import violations as violations_of

_PRIMITIVES = (
    "boolean", "int8", "int16", "int32", "int64", "float", "double", "bytes", "string",
)  # fmt: skip
_ONE = {"$ref": "#/definitions/schema"}


def _of(kind: str, *keys: str) -> dict[str, Any]:
    """What schemas of one type have to have, each a schema again."""
    return {
        "if": {"properties": {"type": {"const": kind}}},
        "then": {"required": list(keys), "properties": dict.fromkeys(keys, _ONE)},
    }


#: As Kafka Connect's JsonConverter reads schemas.
_SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "definitions": {
        "schema": {
            "type": "object",
            "required": ["type"],
            "properties": {
                "type": {"enum": [*_PRIMITIVES, "array", "map", "struct"]},
                "optional": {"type": "boolean"},
                "name": {"type": ["string", "null"]},
                "version": {"type": ["integer", "null"]},
                "doc": {"type": ["string", "null"]},
                "parameters": {
                    "type": ["object", "null"],
                    "additionalProperties": {"type": "string"},
                },
            },
            "allOf": [
                _of("array", "items"),
                _of("map", "keys", "values"),
                {
                    "if": {"properties": {"type": {"const": "struct"}}},
                    "then": {
                        "required": ["fields"],
                        "properties": {
                            "fields": {
                                "type": "array",
                                "items": {
                                    "allOf": [_ONE],
                                    "required": ["field"],
                                    "properties": {"field": {"type": "string", "minLength": 1}},
                                },
                            }
                        },
                    },
                },
            ],
        }
    },
    **_ONE,
}
_SETTINGS: dict[str, Any] = {
    "type": "object",
    "required": ["connector.class"],
    "properties": {"connector.class": {"type": "string", "minLength": 1}},
    "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
}
_CONNECTOR: dict[str, Any] = {
    "type": "object",
    "required": ["name", "config"],
    "properties": {"name": {"type": "string", "minLength": 1}, "config": _SETTINGS},
}


def syntax_violations(content: bytes) -> list[Violation]:
    """Of content that is no JSON object."""
    read = read_json(content)
    if isinstance(read, Violation):
        return [read]
    return [] if isinstance(read.value, dict) else [_no_object(read)]


def violations(document: Document) -> list[Violation]:
    """As a connector if it names one, or else as a schema; no field of a struct is there twice."""
    read = read_json(document.content)
    if isinstance(read, Violation):
        return [read]
    if not isinstance(read.value, dict):
        return [_no_object(read)]
    found = violations_of(_checking(_kind(read.value)), read)
    return merged(read.violations_of_keys(), found, _doubled_fields(read))


def _no_object(read: Structured) -> Violation:
    return read.violation("What Kafka Connect takes is a JSON object", ())


def _kind(value: dict[str, object]) -> str:
    if "connector.class" in value:
        return "settings"
    return "connector" if "config" in value else "schema"


@lru_cache
def _checking(kind: str) -> jsonschema_rs.Validator:
    return validator({"settings": _SETTINGS, "connector": _CONNECTOR, "schema": _SCHEMA}[kind])


def _doubled_fields(read: Structured) -> list[Violation]:
    found: list[Violation] = []
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), read.value)]
    while waiting:
        path, each = waiting.pop()
        if not isinstance(each, dict):
            continue
        waiting += [((*path, key), each.get(key)) for key in ("items", "keys", "values")]
        fields = each.get("fields")
        seen: set[object] = set()
        for at, field in enumerate(fields if isinstance(fields, list) else []):
            place = (*path, "fields", at)
            waiting.append((place, field))
            name = field.get("field") if isinstance(field, dict) else None
            if isinstance(name, str) and name in seen:
                found.append(read.violation(f"The field {name!r} is there twice", place))
            seen.add(str(name))
    return found
