"""A content's outline in parts that a page can hold; links know in which part they end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from registry.outlines import Field, Operation, Outline, Section, make_outline

#: Rows of tables in one part: about 300 KB of page.
_ROWS = 1_200

#: The last ones read are kept, since a reader goes from part to part.
outline_of = lru_cache(maxsize=8)(make_outline)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the list of contents; `verb` is empty for a type."""

    name: str
    href: str
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Documentation:
    """`number` of `count` parts, from 1. Links of operations and sections are hrefs here."""

    outline: Outline
    operations: tuple[Operation, ...]
    sections: tuple[Section, ...]
    asked: tuple[Entry, ...]
    named: tuple[Entry, ...]
    number: int
    count: int


def documentation(told: Outline, number: int) -> Documentation:
    """A number that no part has gives the nearest one."""
    parts = list(_parts(told))
    number = min(max(number, 1), len(parts))
    homes = {each.anchor: at for at, part in enumerate(parts, 1) for each in part}
    hrefs = {
        anchor: f"#{anchor}" if at == number else f"?part={at}#{anchor}"
        for anchor, at in homes.items()
    }
    part = parts[number - 1]
    return Documentation(
        told,
        tuple(_operation(each, hrefs) for each in part if isinstance(each, Operation)),
        tuple(
            replace(each, fields=_fields(each.fields, hrefs))
            for each in part
            if isinstance(each, Section)
        ),
        tuple(Entry(each.path, hrefs[each.anchor], each.verb) for each in told.operations),
        tuple(Entry(each.name, hrefs[each.anchor]) for each in told.sections),
        number,
        len(parts),
    )


def _parts(told: Outline) -> Iterator[list[Operation | Section]]:
    """One at least, maybe empty."""
    part: list[Operation | Section] = []
    rows = 0
    everything: list[Operation | Section] = [*told.operations, *told.sections]
    for each in everything:
        needs = 2 + len(each.parameters if isinstance(each, Operation) else each.fields)
        if part and rows + needs > _ROWS:
            yield part
            part, rows = [], 0
        part.append(each)
        rows += needs
    yield part


def _operation(operation: Operation, hrefs: dict[str, str]) -> Operation:
    return replace(
        operation,
        parameters=_fields(operation.parameters, hrefs),
        body=tuple((media, kind, hrefs.get(link, "")) for media, kind, link in operation.body),
        responses=tuple(
            (status, words, kind, hrefs.get(link, ""))
            for status, words, kind, link in operation.responses
        ),
    )


def _fields(fields: tuple[Field, ...], hrefs: dict[str, str]) -> tuple[Field, ...]:
    return tuple(replace(each, link=hrefs.get(each.link, "")) for each in fields)
