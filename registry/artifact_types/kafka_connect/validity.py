"""Checks contents of Kafka Connect: its schemas, and settings of connectors."""

from functools import lru_cache
from typing import Any

import jsonschema_rs

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax.documents import ParsedDocument, read_json
from registry.artifact_types.syntax.metaschemas import (
    build_validator,
    merge_violations,
    schema_violations,
)

_PRIMITIVES = (
    "boolean", "int8", "int16", "int32", "int64", "float", "double", "bytes", "string",
)  # fmt: skip
_ANY_SCHEMA = {"$ref": "#/definitions/schema"}


def _requires(kind: str, *keys: str) -> dict[str, Any]:
    """Require the inner schemas of one type."""
    return {
        "if": {"properties": {"type": {"const": kind}}},
        "then": {"required": list(keys), "properties": dict.fromkeys(keys, _ANY_SCHEMA)},
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
                _requires("array", "items"),
                _requires("map", "keys", "values"),
                {
                    "if": {"properties": {"type": {"const": "struct"}}},
                    "then": {
                        "required": ["fields"],
                        "properties": {
                            "fields": {
                                "type": "array",
                                "items": {
                                    "allOf": [_ANY_SCHEMA],
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
    **_ANY_SCHEMA,
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


_SCHEMAS = {"settings": _SETTINGS, "connector": _CONNECTOR, "schema": _SCHEMA}


def syntax_violations(content: bytes) -> list[Violation]:
    """Check that content is a JSON object."""
    document = _read_object(content)
    return [document] if isinstance(document, Violation) else []


def violations(document: Document) -> list[Violation]:
    """Check content with a connector's name as a connector, else as a schema with unique fields."""
    parsed = _read_object(document.content)
    if isinstance(parsed, Violation):
        return [parsed]
    keys = parsed.value if isinstance(parsed.value, dict) else {}
    kind = "connector" if "config" in keys else "schema"
    if "connector.class" in keys:
        kind = "settings"
    return merge_violations(
        parsed.duplicate_key_violations(),
        schema_violations(_load_validator(kind), parsed),
        _duplicate_fields(parsed),
    )


def _read_object(content: bytes) -> ParsedDocument | Violation:
    document = read_json(content)
    if isinstance(document, Violation) or isinstance(document.value, dict):
        return document
    return document.violation("What Kafka Connect takes is a JSON object", ())


@lru_cache
def _load_validator(kind: str) -> jsonschema_rs.Validator:
    return build_validator(_SCHEMAS[kind])


def _duplicate_fields(document: ParsedDocument) -> list[Violation]:
    duplicates: list[Violation] = []
    stack: list[tuple[tuple[str | int, ...], object]] = [((), document.value)]
    while stack:
        path, value = stack.pop()
        if not isinstance(value, dict):
            continue
        stack += [((*path, key), value.get(key)) for key in ("items", "keys", "values")]
        fields = value.get("fields")
        known: set[object] = set()
        for index, field in enumerate(fields if isinstance(fields, list) else []):
            location = (*path, "fields", index)
            stack.append((location, field))
            name = field.get("field") if isinstance(field, dict) else None
            if isinstance(name, str) and name in known:
                message = f"The field {name!r} is there twice"
                duplicates.append(document.violation(message, location))
            known.add(str(name))
    return duplicates
