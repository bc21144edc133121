"""A content's outline in parts of the size of a page, with links across the parts."""

from dataclasses import dataclass, replace
from functools import lru_cache

from registry.checking import make_outline
from registry.outlines import Field, Operation, Outline, Section

#: Rows of tables in one part: about 300 KB of page.
_MAX_ROWS = 1_200

#: Readers go from part to part of the same outline.
cached_outline = lru_cache(maxsize=8)(make_outline)


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the table of contents; `verb` is empty for a type."""

    name: str
    href: str
    verb: str = ""


@dataclass(frozen=True, slots=True)
class DocumentationPart:
    """Part `number`, from 1, of `count`; links of operations and sections are hrefs here."""

    outline: Outline
    operations: tuple[Operation, ...]
    sections: tuple[Section, ...]
    operation_entries: tuple[ContentsEntry, ...]
    section_entries: tuple[ContentsEntry, ...]
    number: int
    count: int


def documentation_part(outline: Outline, number: int) -> DocumentationPart:
    """Return a part, the nearest one for a number out of range."""
    parts: list[list[Operation | Section]] = [[]]
    rows = 0
    items: list[Operation | Section] = [*outline.operations, *outline.sections]
    for item in items:
        size = 2 + len(item.parameters if isinstance(item, Operation) else item.fields)
        if parts[-1] and rows + size > _MAX_ROWS:
            parts.append([])
            rows = 0
        parts[-1].append(item)
        rows += size
    number = min(max(number, 1), len(parts))
    hrefs = {
        item.anchor: f"#{item.anchor}" if index == number else f"?part={index}#{item.anchor}"
        for index, part in enumerate(parts, 1)
        for item in part
    }
    operations, sections = [], []
    for item in parts[number - 1]:
        if isinstance(item, Section):
            sections.append(replace(item, fields=_link_fields(item.fields, hrefs)))
            continue
        operation = replace(
            item,
            parameters=_link_fields(item.parameters, hrefs),
            body=tuple((media, kind, hrefs.get(link, "")) for media, kind, link in item.body),
            responses=tuple(
                (status, words, kind, hrefs.get(link, ""))
                for status, words, kind, link in item.responses
            ),
        )
        operations.append(operation)
    return DocumentationPart(
        outline,
        tuple(operations),
        tuple(sections),
        tuple(ContentsEntry(o.path, hrefs[o.anchor], o.verb) for o in outline.operations),
        tuple(ContentsEntry(section.name, hrefs[section.anchor]) for section in outline.sections),
        number,
        len(parts),
    )


def _link_fields(fields: tuple[Field, ...], hrefs: dict[str, str]) -> tuple[Field, ...]:
    return tuple(replace(field, link=hrefs.get(field.link, "")) for field in fields)
