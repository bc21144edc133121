"""An Avro schema as tables: a section for each record, enum and fixed."""

from typing import Any

from registry.artifact_types.syntax.json_text import NOT_JSON, parse_strictly
from registry.outlines.model import (
    MAX_DEPTH,
    Field,
    Outline,
    OutlineBuilder,
    Section,
    as_list,
    as_text,
    to_short_json,
)

_NAMED = ("record", "error", "enum", "fixed")
_MAX_LEVEL = 60


def read(content: bytes) -> Outline | None:
    schema = parse_strictly(content)
    if schema is NOT_JSON:
        return None
    outliner = _Outliner()
    kind, _ = outliner.describe_type(schema, "", 0)
    named = schema if isinstance(schema, dict) else {}
    facts = [("Type", kind)] if not outliner.builder.sections else []
    if named.get("namespace"):
        facts.append(("Namespace", as_text(named["namespace"])))
    title = as_text(named.get("name")) or kind
    return outliner.builder.build(title, as_text(named.get("doc")), tuple(facts))


class _Outliner:
    def __init__(self) -> None:
        self.builder = OutlineBuilder()
        #: Anchors by full name.
        self._known: dict[str, str] = {}

    def describe_type(self, schema: Any, namespace: str, level: int) -> tuple[str, str]:
        """Return the type in words and the anchor of its section, added for a new type."""
        if level > _MAX_LEVEL:
            return "…", ""
        if isinstance(schema, str):
            return schema, self._known.get(_full_name(schema, namespace), "")
        if isinstance(schema, list):
            branches = [self.describe_type(branch, namespace, level + 1) for branch in schema]
            link = next((link for _, link in branches if link), "")
            return " | ".join(words for words, _ in branches), link
        if not isinstance(schema, dict):
            return to_short_json(schema), ""
        kind = schema.get("type")
        if kind in _NAMED:
            return as_text(schema.get("name")), self._add_section(schema, kind, namespace, level)
        if kind in ("array", "map"):
            inner = schema.get("items" if kind == "array" else "values")
            words, link = self.describe_type(inner, namespace, level + 1)
            return f"{kind} of {words}", link
        words, link = self.describe_type(kind, namespace, level + 1)
        logical = schema.get("logicalType")
        if logical == "decimal":
            digits, scale = schema.get("precision"), schema.get("scale", 0)
            logical = f"decimal, {digits} digits, {scale} after the point"
        return (f"{words} ({as_text(logical)})" if logical else words), link

    def _add_section(self, schema: dict[str, Any], kind: str, namespace: str, level: int) -> str:
        """Add a section and return its anchor; empty if the outline is full."""
        name = as_text(schema.get("name"))
        full_name = _full_name(name, as_text(schema.get("namespace")) or namespace)
        if not self.builder.has_room(1 + len(as_list(schema.get("fields")))):
            return ""
        anchor = self._known[full_name] = self.builder.add_anchor(full_name)
        index = len(self.builder.sections)
        # It stands before those that it is made of.
        self.builder.sections.append(Section("", kind, anchor))
        if kind == "enum":
            default = schema.get("default")
            fields = [
                Field(as_text(symbol), facts=("default",) if symbol == default else ())
                for symbol in as_list(schema.get("symbols"))
            ]
        elif kind == "fixed":
            fields = [Field("size", f"{schema.get('size')} bytes")]
        else:
            fields = [
                self._field(field, full_name.rpartition(".")[0], level)
                for field in as_list(schema.get("fields"))
                if isinstance(field, dict)
            ]
        self.builder.sections[index] = Section(
            name, kind, anchor, as_text(schema.get("doc")), tuple(fields)
        )
        return anchor

    def _field(self, field: dict[str, Any], namespace: str, level: int) -> Field:
        kind, link = self.describe_type(field.get("type"), namespace, level + MAX_DEPTH)
        facts = [f"alias {alias}" for alias in as_list(field.get("aliases"))]
        if field.get("order") in ("descending", "ignore"):
            facts.append(f"order {field['order']}")
        return Field(
            as_text(field.get("name")),
            kind,
            is_required="default" not in field,
            description=as_text(field.get("doc")),
            default=to_short_json(field["default"]) if "default" in field else None,
            link=link,
            facts=tuple(facts),
        )


def _full_name(name: str, namespace: str) -> str:
    return name if "." in name or not namespace else f"{namespace}.{name}"
