"""Properties of JSON Schemas as fields: of JSON Schema itself, and of the schemas inside APIs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from registry.outlines.model import (
    MAX_DEPTH,
    Field,
    OutlineBuilder,
    as_list,
    as_mapping,
    as_text,
    to_short_json,
)

_WORDS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("exclusiveMinimum", "more than {}"),
    ("exclusiveMaximum", "less than {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("multipleOf", "a multiple of {}"),
    ("pattern", "pattern {}"),
    ("format", "format {}"),
)
_FLAGS = ("deprecated", "readOnly", "writeOnly", "nullable", "uniqueItems")
_COMBINATORS = {"allOf": " & ", "oneOf": " or ", "anyOf": " or "}
_MAX_ALTERNATIVES = 20
_MAX_VALUES = 12


class PropertyReader:
    """`anchor_of` returns the anchor of the section of a `$ref`, or an empty text."""

    def __init__(self, builder: OutlineBuilder, anchor_of: Callable[[str], str]) -> None:
        self._builder = builder
        self._anchor_of = anchor_of

    def describe_type(self, schema: object, level: int = 0) -> tuple[str, str]:
        """Return the type in words, and the anchor of its section."""
        if isinstance(schema, bool):
            return ("anything" if schema else "nothing"), ""
        if not isinstance(schema, dict) or level > MAX_DEPTH:
            return "", ""
        if "$ref" in schema:
            ref = as_text(schema["$ref"])
            return ref.rpartition("/")[2] or ref, self._anchor_of(ref)
        for key, sign in _COMBINATORS.items():
            if as_list(schema.get(key)):
                types = [
                    self.describe_type(part, level + 1) for part in schema[key][:_MAX_ALTERNATIVES]
                ]
                words = sign.join(dict.fromkeys(words or "object" for words, _ in types))
                return words, next((link for _, link in types if link), "")
        return self._describe_simple_type(schema, level)

    def _describe_simple_type(self, schema: Mapping[str, Any], level: int) -> tuple[str, str]:
        kind = schema.get("type")
        if isinstance(kind, list):
            return " | ".join(map(str, kind)), ""
        if kind == "array" or "items" in schema:
            words, link = self.describe_type(schema.get("items"), level + 1)
            return (f"array of {words}" if words else "array"), link
        if "const" in schema:
            return to_short_json(schema["const"]), ""
        if kind is None and "enum" in schema:
            return "one of its values", ""
        values = schema.get("additionalProperties")
        if isinstance(values, dict) and not schema.get("properties"):
            words, link = self.describe_type(values, level + 1)
            return f"map of {words or 'anything'}", link
        return as_text(kind) or ("object" if schema.get("properties") else "anything"), ""

    def fields(self, schema: object, depth: int = 0) -> Iterator[Field]:
        """Yield an object's properties, each before those of the object inside it."""
        if depth > MAX_DEPTH or not isinstance(schema, dict):
            return
        required = as_list(schema.get("required"))
        for name, inner in as_mapping(schema.get("properties")).items():
            if not self._builder.has_room():
                return
            values = as_mapping(inner)
            kind, link = self.describe_type(inner)
            yield Field(
                name,
                kind,
                name in required,
                as_text(values.get("description")) or as_text(values.get("title")),
                to_short_json(values["default"]) if "default" in values else None,
                depth,
                link,
                tuple(constraints(values)),
            )
            yield from self.fields(values.get("items", inner), depth + 1)
        for part in as_list(schema.get("allOf")):
            yield from self.fields(part, depth)


def constraints(schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the constraints of a value besides its type, in words."""
    if as_list(schema.get("enum")):
        values = ", ".join(to_short_json(value) for value in schema["enum"][:_MAX_VALUES])
        more = len(schema["enum"]) - _MAX_VALUES
        yield f"one of {values}" + (f" and {more} more" if more > 0 else "")
    for key, words in _WORDS:
        if isinstance(schema.get(key), str | int | float) and not isinstance(schema[key], bool):
            yield words.format(schema[key])
    yield from (key for key in _FLAGS if schema.get(key) is True)
    if schema.get("additionalProperties") is False:
        yield "no other properties"
