"""What a documentation page shows of a content, the same for all types."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

#: Of fields and sections together, in one outline.
MOST_FIELDS = 30_000
MOST_SECTIONS = 5_000
_LONGEST = 80
#: Levels of fields inside fields.
DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Field:
    """`type` is in words, empty for what has none, as an enum's symbols; `link` is the anchor of
    the section that tells of it, or empty. `depth` counts from 0 for fields inside fields.

    `default` is None where there is none. `facts` are constraints in words.
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
    """A named type: `kind` says of which sort, such as record, enum, message, object."""

    name: str
    kind: str
    anchor: str
    description: str = ""
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """`body` has media type, type and link; `answers` status, description, type and link."""

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
    """An outline in the making: gives anchors, and takes no more than a page can show."""

    sections: list[Section] = field(default_factory=list)
    operations: list[Operation] = field(default_factory=list)
    is_cut: bool = False
    _fields: int = 0
    _anchors: set[str] = field(default_factory=set)

    def add_anchor(self, name: str) -> str:
        """Of no other section; letters, digits and dashes."""
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "part"
        found, count = plain, 2
        while found in self._anchors:
            found, count = f"{plain}-{count}", count + 1
        self._anchors.add(found)
        return found

    def has_room(self, count: int = 1) -> bool:
        """Whether so many more fields may be told; counts them as told."""
        self._fields += count
        room = self._fields <= MOST_FIELDS and len(self.sections) < MOST_SECTIONS
        self.is_cut = self.is_cut or not room
        return room

    def build(
        self, title: str, description: str = "", facts: tuple[tuple[str, str], ...] = ()
    ) -> Outline:
        if not self.is_cut:
            return Outline(title, description, facts, tuple(self.sections), tuple(self.operations))
        told = {each.anchor for each in self.sections}
        facts = (
            *facts,
            ("Not shown", f"What comes after {MOST_FIELDS:,} fields or {MOST_SECTIONS:,} types"),
        )
        sections = tuple(_without_links(each, told) for each in self.sections)
        operations = tuple(_linked(each, told) for each in self.operations)
        return Outline(title, description, facts, sections, operations)


def _without_links(section: Section, told: set[str]) -> Section:
    """What a link would have led to is among the rest that is not shown."""
    return replace(section, fields=_leading(section.fields, told))


def _linked(operation: Operation, told: set[str]) -> Operation:
    return replace(
        operation,
        parameters=_leading(operation.parameters, told),
        body=tuple(
            (media, kind, link if link in told else "") for media, kind, link in operation.body
        ),
        responses=tuple(
            (status, words, kind, link if link in told else "")
            for status, words, kind, link in operation.responses
        ),
    )


def _leading(fields: tuple[Field, ...], told: set[str]) -> tuple[Field, ...]:
    return tuple(each if each.link in told else replace(each, link="") for each in fields)


def as_text(value: object) -> str:
    """A text that may be missing, or be no text."""
    return value if isinstance(value, str) else ""


def as_mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def to_short_json(value: object) -> str:
    """A value as JSON has it, cut to what a cell of a table can hold."""
    found = json.dumps(value, ensure_ascii=False, default=str)
    return found if len(found) <= _LONGEST else f"{found[: _LONGEST - 1]}…"
