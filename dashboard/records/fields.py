"""A record for its page: fields beside their bytes, sizes, and faults of decoding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from dashboard.records import hex_dump
from dashboard.templatetags.annals import full_time
from journal.kafka.records import Record
from journal.wire.dissector import Dissection, PartDissection, Span
from journal.wire.messages import partition_key

#: Characters of a field that are shown in a list's row, on the record's page, and on request.
_PREVIEW_TEXT = 600
_PAGE_TEXT = 2_000
_MAX_TEXT = 2_000_000
#: Lines of a hex dump that are shown unasked.
_PREVIEW_LINES = 40
_PAGE_LINES = 160
_TIMES = frozenset({"createdOn", "modifiedOn", "expires"})


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field with its range of bytes.

    `number` is its index among the spans, `rest` the number of characters left out of `text`, and
    `line` the label of its first line in the hex dump.
    """

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
    has_members: bool = False
    line: str = ""

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def last(self) -> int:
        return self.end - 1

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.is_null or self.has_members) and self.sort == "field"

    @property
    def is_long(self) -> bool:
        return len(self.text) > 120 or "\n" in self.text


@dataclass(frozen=True, slots=True)
class PartView:
    """A key or a value; `name` is k or v. `fault` is the fault of decoding at `fault_at`."""

    name: str
    size: int
    fields: tuple[FieldView, ...]
    absent: tuple[str, ...]
    lines: tuple[hex_dump.Line, ...]
    fault_at: int | None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class RecordView:
    """A part is None without bytes; `fault` describes the undecodable part.

    `writer_time` is the creation time by the writer's clock, in epoch ms, None if it is absent.
    """

    key: PartView | None
    value: PartView | None
    partition_key: str
    fault: str
    writer_time: int | None


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """The extent of the view: windows of bytes by the name of a part, and one field in full.

    A preview, as in a row of the list, is shorter.
    """

    windows: Mapping[str, int | None]
    full_field: str = ""
    is_preview: bool = False


def record_view(dissection: Dissection, options: ViewOptions) -> RecordView:
    """Describe the decodable parts of a record."""
    key = dissection.decoded_key
    spans = [] if dissection.value is None else dissection.value.spans
    times = [span.value for span in spans if span.attribute == "created_on"]
    time = times[-1] if times and isinstance(times[-1], int) and times[-1] > 0 else None
    faults = {dissection.fault_part: dissection.fault}
    return RecordView(
        key=_part_view("k", dissection.key, options, faults.get("key", "")),
        value=_part_view("v", dissection.value, options, faults.get("value", "")),
        partition_key="" if key is None else partition_key(key) or "",
        fault=dissection.fault,
        writer_time=time,
    )


def _part_view(
    name: str, part: PartDissection | None, options: ViewOptions, fault: str
) -> PartView | None:
    if part is None:
        return None
    max_lines = _PREVIEW_LINES if options.is_preview else _PAGE_LINES
    max_text = _PREVIEW_TEXT if options.is_preview else _PAGE_TEXT
    lines = hex_dump.dump_lines(part, name, max_lines, options.windows.get(name))
    starts = [line.start for line in lines]
    fields = []
    for number, span in enumerate(part.spans):
        if span.kind == "spelling":
            continue
        text = display_value(span)
        limit = _MAX_TEXT if options.full_field == f"{name}{number}" else max_text
        line_start = max((start for start in starts if start <= span.start), default=0)
        field = FieldView(
            number=number,
            name=span.name,
            text=text if len(text) <= limit else f"{text[:limit]}…",
            note="; ".join(_notes(span)),
            start=span.start,
            end=span.end,
            depth=span.depth,
            sort=span.kind,
            fault=span.fault,
            rest=max(0, len(text) - limit),
            is_null=span.value is None and span.note.endswith("null"),
            has_members=span.has_members,
            line=f"{line_start:06x}",
        )
        fields.append(field)
    return PartView(name, len(part.data), tuple(fields), part.absent, lines, part.fault_at, fault)


def display_value(span: Span) -> str:
    """Return the whole value as text, empty for a field with members."""
    value = span.value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or span.has_members:
        return ""
    return f"{value:,}" if span.kind == "length" else str(value)


def _notes(span: Span) -> Iterator[str]:
    value = span.value
    if span.note and span.kind == "action":
        yield f"{span.note} on the wire" if span.note.isdigit() else f"as the text {span.note!r}"
    elif span.note:
        yield span.note
    if isinstance(value, bytes):
        encoded = "" if len(value) == span.end - span.start else ", in base64 here"
        yield f"{len(value):,} byte{'' if len(value) == 1 else 's'}{encoded}"
        try:
            value.decode()
        except UnicodeDecodeError:
            yield "not UTF-8: signs that can't be read stand for its bytes"
    if span.name in _TIMES and isinstance(value, int) and value > 0:
        yield full_time(value)


@dataclass(frozen=True, slots=True)
class SizeShare:
    """A part's share of the record's bytes; `x` and `width` are percent of the whole."""

    name: str
    size: int
    x: float
    width: float
    words: str


def size_shares(record: Record) -> tuple[SizeShare, ...]:
    """Return the shares of key, value and headers, in this order, without empty ones."""
    headers = sum(len(name.encode()) + len(value or b"") for name, value in record.headers)
    sizes = [
        ("key", len(record.key or b"")),
        ("value", len(record.value or b"")),
        ("headers", headers),
    ]
    total = sum(size for _, size in sizes) or 1
    shares, x = [], 0.0
    for name, size in sizes:
        percent = 100 * size / total
        if size:
            words = f"{percent:.0f}%" if percent >= 1 else "below 1%"
            shares.append(SizeShare(name, size, round(x, 2), round(percent, 2), words))
        x += percent
    return tuple(shares)


def header_text(value: bytes | None) -> str:
    return "null" if value is None else value.decode("utf-8", "replace")
