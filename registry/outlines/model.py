"""The outline of a content for a documentation page, the same for all types."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

#: In one outline, the fields of all sections together.
MAX_FIELDS = 30_000
MAX_SECTIONS = 5_000
_MAX_CELL_LENGTH = 80
#: Levels of fields inside fields.
MAX_DEPTH = 6


@dataclass(frozen=True, slots=True)
class Field:
    """A row of a section, or a parameter of an operation.

    `type` is in words, and empty for a symbol of an enum and the like. `link` is the anchor of the
    type's section, or empty. `depth` counts from 0 for fields inside fields. `default` is None
    without one. `facts` are constraints in words.
    """

    name: str
    type: str = ""
    is_required: bool = False
    description: str = ""
    default: str | None = None
    depth: int = 0
    link: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A named type; `kind` is record, enum, message, object or the like."""

    name: str
    kind: str
    anchor: str
    description: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """`body` has media type, type and link; `responses` status, description, type and link."""

    verb: str
    path: str
    anchor: str
    summary: str = ""
    description: str = ""
    parameters: tuple[Field, ...] = ()
    body: tuple[tuple[str, str, str], ...] = ()
    responses: tuple[tuple[str, str, str, str], ...] = ()
    is_deprecated: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    title: str
    description: str = ""
    #: Names and texts: version, servers, namespace.
    facts: tuple[tuple[str, str], ...] = ()
    sections: tuple[Section, ...] = ()
    operations: tuple[Operation, ...] = ()


@dataclass(slots=True)
class OutlineBuilder:
    """Collects an outline, assigns its anchors, and limits it to the size of a page."""

    sections: list[Section] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    is_cut: bool = False
    _fields: int = 0
    _anchors: set[str] = field(default_factory=set)

    def add_anchor(self, name: str) -> str:
        """Return an unused anchor made of the name, of letters, digits and dashes."""
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "part"
        anchor, count = plain, 2
        while anchor in self._anchors:
            anchor, count = f"{plain}-{count}", count + 1
        self._anchors.add(anchor)
        return anchor

    def has_room(self, count: int = 1) -> bool:
        """Count `count` more fields, and return whether they fit."""
        self._fields += count
        room = self._fields <= MAX_FIELDS and len(self.sections) < MAX_SECTIONS
        self.is_cut = self.is_cut or not room
        return room

    def build(
        self, title: str, description: str = "", facts: tuple[tuple[str, str], ...] = ()
    ) -> Outline:
        sections, operations = tuple(self.sections), tuple(self.operations)
        if not self.is_cut:
            return Outline(title, description, facts, sections, operations)
        # Links may lead to sections that are cut off.
        anchors = {section.anchor for section in sections}
        return Outline(
            title,
            description,
            (
                *facts,
                ("Not shown", f"What comes after {MAX_FIELDS:,} fields or {MAX_SECTIONS:,} types"),
            ),
            tuple(
                replace(section, fields=_keep_links(section.fields, anchors))
                for section in sections
            ),
            tuple(
                replace(
                    operation,
                    parameters=_keep_links(operation.parameters, anchors),
                    body=tuple(
                        (media_type, kind, link if link in anchors else "")
                        for media_type, kind, link in operation.body
                    ),
                    responses=tuple(
                        (status, words, kind, link if link in anchors else "")
                        for status, words, kind, link in operation.responses
                    ),
                )
                for operation in operations
            ),
        )


def _keep_links(fields: tuple[Field, ...], anchors: set[str]) -> tuple[Field, ...]:
    return tuple(field if field.link in anchors else replace(field, link="") for field in fields)


def as_text(value: object) -> str:
    """Return the value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def as_mapping(value: object) -> Mapping[str, Any]:
    """Return the value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def to_short_json(value: object) -> str:
    """Return a value as JSON, cut to the length of a table's cell."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_CELL_LENGTH else f"{text[: _MAX_CELL_LENGTH - 1]}…"
