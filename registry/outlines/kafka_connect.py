"""A Kafka Connect schema as a table: structs inside structs stand below their fields."""

from collections.abc import Iterator
from typing import Any

from registry.artifact_types.syntax.json_text import NOT_JSON, parse_strictly
from registry.outlines.model import (
    DEEPEST,
    Field,
    Outline,
    OutlineBuilder,
    Section,
    as_list,
    as_mapping,
    as_text,
    to_short_json,
)


def read(content: bytes) -> Outline | None:
    schema = parse_strictly(content)
    if schema is NOT_JSON or not isinstance(schema, dict):
        return None
    draft = OutlineBuilder()
    title = as_text(schema.get("name")) or "Schema"
    fields = tuple(_fields(schema, draft, 0)) or (_field(schema, "value", 0),)
    section = Section(
        title, _words(schema), draft.add_anchor(title), as_text(schema.get("doc")), fields
    )
    draft.sections.append(section)
    version = schema.get("version")
    facts = (("Version", str(version)),) if version is not None else ()
    return draft.build(title, as_text(schema.get("doc")), facts)


def _fields(schema: dict[str, Any], draft: OutlineBuilder, depth: int) -> Iterator[Field]:
    if depth > DEEPEST:
        return
    for each in as_list(schema.get("fields")):
        if not isinstance(each, dict) or not draft.has_room():
            continue
        yield _field(each, as_text(each.get("field")), depth)
        yield from _fields(_inside(each), draft, depth + 1)


def _inside(schema: dict[str, Any]) -> dict[str, Any]:
    """The struct that the fields below belong to: its own, or that of its items or values."""
    inner = schema.get("items") or schema.get("values")
    return inner if isinstance(inner, dict) else schema


def _field(schema: dict[str, Any], name: str, depth: int) -> Field:
    default = schema.get("default")
    return Field(
        name,
        _words(schema),
        is_required=not schema.get("optional", False),
        description=as_text(schema.get("doc")),
        default=None if default is None else to_short_json(default),
        depth=depth,
        facts=tuple(
            f"{key} {value}" for key, value in as_mapping(schema.get("parameters")).items()
        ),
    )


def _words(schema: object, depth: int = 0) -> str:
    told = as_mapping(schema)
    kind = as_text(told.get("type"))
    if depth > DEEPEST:
        return kind
    if kind == "array":
        return f"array of {_words(told.get('items'), depth + 1)}"
    if kind == "map":
        keys, values = (_words(told.get(each), depth + 1) for each in ("keys", "values"))
        return f"map of {keys} to {values}"
    name = as_text(told.get("name"))
    return f"{kind} ({name})" if name and kind != "struct" else kind
