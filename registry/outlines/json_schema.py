"""A JSON Schema as tables: the root, then each of its definitions."""

from registry.outlines.api_descriptions import read_document
from registry.outlines.json_properties import PropertyReader, constraints
from registry.outlines.model import Field, Outline, OutlineBuilder, Section, as_mapping, as_text

_DEFINITIONS = ("$defs", "definitions")


def read(content: bytes) -> Outline | None:
    schema = read_document(content)
    if schema is None:
        return None
    builder = OutlineBuilder()
    title = as_text(schema.get("title")) or as_text(schema.get("$id")) or "Schema"
    schemas: dict[str, tuple[str, object]] = {"#": (title, schema)}
    for key in _DEFINITIONS:
        for name, inner in as_mapping(schema.get(key)).items():
            schemas[f"#/{key}/{name}"] = name, inner
    anchors = {ref: builder.add_anchor(name) for ref, (name, _) in schemas.items()}
    properties = PropertyReader(builder, lambda ref: anchors.get(ref, ""))
    for ref, (name, inner) in schemas.items():
        if not builder.has_room():
            continue
        kind, link = properties.describe_type(inner)
        fields = tuple(properties.fields(inner))
        if not fields:
            limits = tuple(constraints(as_mapping(inner)))
            fields = (Field("value", kind, link=link, facts=limits),)
        description = as_text(as_mapping(inner).get("description"))
        builder.sections.append(Section(name, kind, anchors[ref], description, fields))
    facts = [("Dialect", as_text(schema.get("$schema"))), ("Id", as_text(schema.get("$id")))]
    description = as_text(schema.get("description"))
    return builder.build(title, description, tuple(fact for fact in facts if fact[1]))
