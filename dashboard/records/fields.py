"""A record as a person reads it: its fields beside their bytes, sizes, and what was not read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dashboard.records import hex_dump
from dashboard.templatetags.annals import full_time
from journal.kafka.records import Record
from journal.wire.codec import Undecodable, decode_key
from journal.wire.dissector import PartDissection, Span, dissect
from journal.wire.messages import partition_key

#: Characters of a field that are shown before somebody asks for all, and then.
_GLANCE_TEXT = 600
_PAGE_TEXT = 2_000
_ALL_TEXT = 2_000_000
#: Lines of a dump that are shown at once.
_GLANCE_LINES = 40
_PAGE_LINES = 160
_TIMES = frozenset({"createdOn", "modifiedOn", "expires"})


@dataclass(frozen=True, slots=True)
class Field:
    """`name` is as on the wire, `number` that of its bytes; `rest` characters are not in `text`."""

    number: int
    name: str
    text: str
    note: str
    start: int
    end: int
    depth: int
    sort: str
    fault: str = ""
    rest: int = 0
    is_null: bool = False
    holds: bool = False
    line: str = ""

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def last(self) -> int:
        return self.end - 1

    @property
    def is_empty(self) -> bool:
        """Text without a character."""
        return not (self.text or self.is_null or self.holds) and self.sort == "field"

    @property
    def is_long(self) -> bool:
        return len(self.text) > 120 or "\n" in self.text


@dataclass(frozen=True, slots=True)
class Part:
    """A key or a value; `name` is k or v. `why_not` says why nothing after a byte was read."""

    name: str
    title: str
    size: int
    fields: tuple[Field, ...]
    absent: tuple[str, ...]
    lines: tuple[hex_dump.Line, ...]
    fault_at: int | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A part is None where there are no bytes; `fault` says what could not be read.

    `writer_time` is when its writer's clock says that it was made, None where it says nothing.
    """

    key: Part | None
    value: Part | None
    partition_key: str
    fault: str
    writer_time: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asked to see more of: a window of bytes by part, or the whole of a field.

    A glance, as within a list, shows less.
    """

    windows: Mapping[str, int | None]
    field: str = ""
    is_glance: bool = False


def told(record: Record, wanted: Wanted) -> Told:
    """Never raises: what cannot be read is told."""
    found = dissect(record.key, record.value)
    key, value = (
        None
        if half is None
        else _part(title, half, wanted, found.fault if found.fault_part == title.lower() else "")
        for title, half in (("Key", found.key), ("Value", found.value))
    )
    return Told(key, value, _partition_key(record), found.fault, _writer_time(found.value))


def _part(title: str, half: PartDissection, wanted: Wanted, fault: str) -> Part:
    name = title[0].lower()
    most = _GLANCE_LINES if wanted.is_glance else _PAGE_LINES
    lines = hex_dump.lines(half, name, most, wanted.windows.get(name))
    starts = [each.start for each in lines]
    fields = tuple(
        _field(name, number, span, wanted, starts)
        for number, span in enumerate(half.spans)
        if span.sort != "spelling"
    )
    return Part(name, title, len(half.data), fields, half.absent, lines, half.fault_at, fault)


def _field(name: str, number: int, span: Span, wanted: Wanted, starts: list[int]) -> Field:
    text = in_words(span)
    most = _GLANCE_TEXT if wanted.is_glance else _PAGE_TEXT
    if wanted.field == f"{name}{number}":
        most = _ALL_TEXT
    return Field(
        number=number,
        name=span.name,
        text=text if len(text) <= most else f"{text[:most]}…",
        note="; ".join(_notes(span)),
        start=span.start,
        end=span.end,
        depth=span.depth,
        sort=span.sort,
        fault=span.fault,
        rest=max(0, len(text) - most),
        is_null=span.value is None and span.note.endswith("null"),
        holds=span.holds,
        line=f"{max((each for each in starts if each <= span.start), default=0):06x}",
    )


def in_words(span: Span) -> str:
    """The whole of a value; empty for one whose members follow it."""
    value = span.value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or (span.holds):
        return ""
    return f"{value:,}" if span.sort == "length" else str(value)


def _notes(span: Span) -> Iterator[str]:
    if span.note:
        yield _spelled(span.note) if span.sort == "action" else span.note
    if isinstance(span.value, bytes):
        encoded = "" if len(span.value) == span.end - span.start else ", in base64 here"
        yield f"{len(span.value):,} byte{'' if len(span.value) == 1 else 's'}{encoded}"
        if not _is_text(span.value):
            yield "not UTF-8: signs that can't be read stand for its bytes"
    if span.name in _TIMES and isinstance(span.value, int) and span.value > 0:
        yield full_time(span.value)


def _spelled(action: str) -> str:
    return f"{action} on the wire" if action.isdigit() else f"as the text {action!r}"


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _partition_key(record: Record) -> str:
    try:
        return partition_key(decode_key(record.key)) or ""
    except Undecodable:
        return ""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the record's bytes; `x` and `width` are percent of the whole."""

    name: str
    size: int
    x: float
    width: float
    words: str


def shares(record: Record) -> tuple[Share, ...]:
    """Key, value and headers, in this order; empty ones are left out."""
    headers = sum(len(name.encode()) + len(value or b"") for name, value in record.headers)
    sizes = [
        ("key", len(record.key or b"")),
        ("value", len(record.value or b"")),
        ("headers", headers),
    ]
    whole = sum(size for _, size in sizes) or 1
    found, at = [], 0.0
    for name, size in sizes:
        part = 100 * size / whole
        if size:
            words = f"{part:.0f}%" if part >= 1 else "below 1%"
            found.append(Share(name, size, round(at, 2), round(part, 2), words))
        at += part
    return tuple(found)


def _writer_time(value: PartDissection | None) -> int | None:
    spans: list[Span] = [] if value is None else value.spans
    times: list[Any] = [each.value for each in spans if each.attribute == "created_on"]
    return times[-1] if times and isinstance(times[-1], int) and times[-1] > 0 else None


def told_header(value: bytes | None) -> str:
    return "null" if value is None else value.decode("utf-8", "replace")
