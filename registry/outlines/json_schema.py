"""A JSON Schema as tables: the root, then each of its definitions."""

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax.documents import read_json_or_yaml
from registry.outlines.json_properties import Properties, constraints
from registry.outlines.model import Field, Outline, OutlineBuilder, Section, as_mapping, as_text

_DEFINITIONS = ("$defs", "definitions")


def read(content: bytes) -> Outline | None:
    found = read_json_or_yaml(content)
    if isinstance(found, Violation) or not isinstance(found.value, dict):
        return None
    schema = found.value
    draft = OutlineBuilder()
    title = as_text(schema.get("title")) or as_text(schema.get("$id")) or "Schema"
    anchors = {"#": draft.add_anchor(title)}
    named = {
        f"#/{key}/{name}": (name, inner)
        for key in _DEFINITIONS
        for name, inner in as_mapping(schema.get(key)).items()
    }
    anchors |= {ref: draft.add_anchor(name) for ref, (name, _) in named.items()}
    properties = Properties(draft, lambda ref: anchors.get(ref, ""))
    for ref, (name, inner) in {"#": (title, schema), **named}.items():
        if draft.has_room():
            draft.sections.append(_section(properties, name, inner, anchors[ref]))
    facts = [("Dialect", as_text(schema.get("$schema"))), ("Id", as_text(schema.get("$id")))]
    told = tuple((name, words) for name, words in facts if words)
    return draft.build(title, as_text(schema.get("description")), told)


def _section(properties: Properties, name: str, schema: object, anchor: str) -> Section:
    told = as_mapping(schema)
    words, link = properties.words(schema)
    fields = list(properties.fields(schema))
    if not fields:
        fields = [Field("value", words, link=link, facts=tuple(constraints(told)))]
    return Section(name, words, anchor, as_text(told.get("description")), tuple(fields))
