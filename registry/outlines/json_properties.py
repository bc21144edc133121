"""Properties of JSON Schemas as fields: of JSON Schema itself, and of the schemas inside APIs."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from registry.outlines.model import (
    DEEPEST,
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
_JOINED = {"allOf": " & ", "oneOf": " or ", "anyOf": " or "}


class Properties:
    """`anchor_of` gives the section that a `$ref` leads to, or an empty text."""

    def __init__(self, draft: OutlineBuilder, anchor_of: Callable[[str], str]) -> None:
        self._draft = draft
        self._anchor_of = anchor_of

    def words(self, schema: object, level: int = 0) -> tuple[str, str]:
        """The type in words, and the anchor of its section."""
        if isinstance(schema, bool):
            return ("anything" if schema else "nothing"), ""
        if not isinstance(schema, dict) or level > DEEPEST:
            return "", ""
        if "$ref" in schema:
            ref = as_text(schema["$ref"])
            return ref.rpartition("/")[2] or ref, self._anchor_of(ref)
        for key, sign in _JOINED.items():
            if as_list(schema.get(key)):
                return self._joined(schema[key], sign, level)
        return self._of_type(schema, level)

    def _joined(self, schemas: list[Any], sign: str, level: int) -> tuple[str, str]:
        told = [self.words(each, level + 1) for each in schemas[:20]]
        words = sign.join(dict.fromkeys(words or "object" for words, _ in told))
        return words, next((link for _, link in told if link), "")

    def _of_type(self, schema: Mapping[str, Any], level: int) -> tuple[str, str]:
        kind = schema.get("type")
        if isinstance(kind, list):
            return " | ".join(map(str, kind)), ""
        if kind == "array" or "items" in schema:
            words, link = self.words(schema.get("items"), level + 1)
            return (f"array of {words}" if words else "array"), link
        if "const" in schema:
            return to_short_json(schema["const"]), ""
        if kind is None and "enum" in schema:
            return "one of its values", ""
        more = schema.get("additionalProperties")
        if isinstance(more, dict) and not schema.get("properties"):
            words, link = self.words(more, level + 1)
            return f"map of {words or 'anything'}", link
        return as_text(kind) or ("object" if schema.get("properties") else "anything"), ""

    def fields(self, schema: object, depth: int = 0) -> Iterator[Field]:
        """Of an object, with those of the objects inside it below them."""
        if depth > DEEPEST or not isinstance(schema, dict):
            return
        required = as_list(schema.get("required"))
        for name, inner in as_mapping(schema.get("properties")).items():
            if not self._draft.has_room():
                return
            yield self.field(name, inner, is_required=name in required, depth=depth)
            yield from self.fields(_inside(inner), depth + 1)
        for part in as_list(schema.get("allOf")):
            yield from self.fields(part, depth)

    def field(self, name: str, schema: object, *, is_required: bool, depth: int = 0) -> Field:
        told = as_mapping(schema)
        words, link = self.words(schema)
        return Field(
            name,
            words,
            is_required,
            as_text(told.get("description")) or as_text(told.get("title")),
            to_short_json(told["default"]) if "default" in told else None,
            depth,
            link,
            tuple(constraints(told)),
        )


def _inside(schema: object) -> object:
    """The object whose properties stand below a field: its own, or its items'."""
    told = as_mapping(schema)
    return told.get("items") if "items" in told else schema


def constraints(schema: Mapping[str, Any]) -> Iterator[str]:
    """What a value must be beside its type, in words."""
    if as_list(schema.get("enum")):
        told = ", ".join(to_short_json(each) for each in schema["enum"][:12])
        more = len(schema["enum"]) - 12
        yield f"one of {told}" + (f" and {more} more" if more > 0 else "")
    for key, words in _WORDS:
        if isinstance(schema.get(key), str | int | float) and not isinstance(schema[key], bool):
            yield words.format(schema[key])
    yield from (key for key in _FLAGS if schema.get(key) is True)
    if schema.get("additionalProperties") is False:
        yield "no other properties"
