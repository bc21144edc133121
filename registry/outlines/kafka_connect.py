"""A Kafka Connect schema as a table, with nested structs below their fields."""

from collections.abc import Iterator
from typing import Any

from registry.artifact_types.syntax.json_text import NOT_JSON, parse_strictly
from registry.outlines.model import (
    MAX_DEPTH,
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
    builder = OutlineBuilder()
    title = as_text(schema.get("name")) or "Schema"
    fields = tuple(_fields(schema, builder, 0)) or (_field(schema, "value", 0),)
    anchor, description = builder.add_anchor(title), as_text(schema.get("doc"))
    builder.sections.append(Section(title, _describe_type(schema), anchor, description, fields))
    version = schema.get("version")
    facts = (("Version", str(version)),) if version is not None else ()
    return builder.build(title, description, facts)


def _fields(schema: dict[str, Any], builder: OutlineBuilder, depth: int) -> Iterator[Field]:
    if depth > MAX_DEPTH:
        return
    for field in as_list(schema.get("fields")):
        if not isinstance(field, dict) or not builder.has_room():
            continue
        yield _field(field, as_text(field.get("field")), depth)
        # The struct below a field is its own, or that of its items or values.
        inner = field.get("items") or field.get("values")
        yield from _fields(inner if isinstance(inner, dict) else field, builder, depth + 1)


def _field(schema: dict[str, Any], name: str, depth: int) -> Field:
    default = schema.get("default")
    parameters = as_mapping(schema.get("parameters"))
    return Field(
        name,
        _describe_type(schema),
        is_required=not schema.get("optional", False),
        description=as_text(schema.get("doc")),
        default=None if default is None else to_short_json(default),
        depth=depth,
        facts=tuple(f"{key} {value}" for key, value in parameters.items()),
    )


def _describe_type(value: object, depth: int = 0) -> str:
    schema = as_mapping(value)
    kind = as_text(schema.get("type"))
    if depth > MAX_DEPTH:
        return kind
    if kind == "array":
        return f"array of {_describe_type(schema.get('items'), depth + 1)}"
    if kind == "map":
        keys, values = (_describe_type(schema.get(key), depth + 1) for key in ("keys", "values"))
        return f"map of {keys} to {values}"
    name = as_text(schema.get("name"))
    return f"{kind} ({name})" if name and kind != "struct" else kind
