"""An Avro schema as tables: each record, enum and fixed has a section of its own."""

from typing import Any

from registry.artifact_types.syntax.json_text import NOT_JSON, parse_strictly
from registry.outlines.model import (
    DEEPEST,
    Field,
    Outline,
    OutlineBuilder,
    Section,
    as_list,
    as_text,
    to_short_json,
)

_NAMED = ("record", "error", "enum", "fixed")
_MOST_LEVELS = 60


def read(content: bytes) -> Outline | None:
    schema = parse_strictly(content)
    if schema is NOT_JSON:
        return None
    outliner = _Outliner()
    words, _ = outliner.words(schema, "", 0)
    named = schema if isinstance(schema, dict) else {}
    facts = [("Type", words)] if not outliner.draft.sections else []
    if named.get("namespace"):
        facts.append(("Namespace", as_text(named["namespace"])))
    title = as_text(named.get("name")) or words
    return outliner.draft.build(title, as_text(named.get("doc")), tuple(facts))


class _Outliner:
    def __init__(self) -> None:
        self.draft = OutlineBuilder()
        #: Anchors by full name.
        self._known: dict[str, str] = {}

    def words(self, schema: Any, namespace: str, level: int) -> tuple[str, str]:
        """The type in words and the anchor of its section; sections are made as they are met."""
        if level > _MOST_LEVELS:
            return "…", ""
        if isinstance(schema, str):
            return schema, self._known.get(_full(schema, namespace), "")
        if isinstance(schema, list):
            told = [self.words(each, namespace, level + 1) for each in schema]
            link = next((link for _, link in told if link), "")
            return " | ".join(words for words, _ in told), link
        if not isinstance(schema, dict):
            return to_short_json(schema), ""
        kind = schema.get("type")
        if kind in _NAMED:
            return as_text(schema.get("name")), self._named(schema, kind, namespace, level)
        if kind in ("array", "map"):
            inner = schema.get("items" if kind == "array" else "values")
            words, link = self.words(inner, namespace, level + 1)
            return f"{kind} of {words}", link
        words, link = self.words(kind, namespace, level + 1)
        logical = schema.get("logicalType")
        return (f"{words} ({_logical(schema)})" if logical else words), link

    def _named(self, schema: dict[str, Any], kind: str, namespace: str, level: int) -> str:
        full = _full(as_text(schema.get("name")), as_text(schema.get("namespace")) or namespace)
        if not self.draft.has_room(1 + len(as_list(schema.get("fields")))):
            return ""
        within = full.rpartition(".")[0]
        anchor = self._known[full] = self.draft.add_anchor(full)
        at = len(self.draft.sections)
        # It stands before those that it is made of.
        self.draft.sections.append(Section("", kind, anchor))
        fields = self._fields(schema, kind, within, level)
        self.draft.sections[at] = Section(
            as_text(schema.get("name")), kind, anchor, as_text(schema.get("doc")), fields
        )
        return anchor

    def _fields(
        self, schema: dict[str, Any], kind: str, namespace: str, level: int
    ) -> tuple[Field, ...]:
        if kind == "enum":
            default = schema.get("default")
            return tuple(
                Field(as_text(each), facts=("default",) if each == default else ())
                for each in as_list(schema.get("symbols"))
            )
        if kind == "fixed":
            return (Field("size", f"{schema.get('size')} bytes"),)
        found = (each for each in as_list(schema.get("fields")) if isinstance(each, dict))
        return tuple(self._field(each, namespace, level) for each in found)

    def _field(self, field: dict[str, Any], namespace: str, level: int) -> Field:
        words, link = self.words(field.get("type"), namespace, level + DEEPEST)
        facts = [f"alias {each}" for each in as_list(field.get("aliases"))]
        if field.get("order") in ("descending", "ignore"):
            facts.append(f"order {field['order']}")
        return Field(
            as_text(field.get("name")),
            words,
            is_required="default" not in field,
            description=as_text(field.get("doc")),
            default=to_short_json(field["default"]) if "default" in field else None,
            link=link,
            facts=tuple(facts),
        )


def _logical(schema: dict[str, Any]) -> str:
    """With the digits that a decimal holds."""
    if schema["logicalType"] != "decimal":
        return as_text(schema["logicalType"])
    return f"decimal, {schema.get('precision')} digits, {schema.get('scale', 0)} after the point"


def _full(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"
