"""Two records beside each other: field by field, and the texts of their contents."""

from dataclasses import dataclass

from dashboard.records.fields import in_words
from dashboard.records.page import content_of
from dashboard.versions.layouts import laid_out
from dashboard.versions.text_diff import SideBySide, side_by_side
from journal.kafka.records import Record
from journal.models import LedgerRow
from journal.wire.dissector import PartDissection, Span, dissect
from registry import queries
from registry.errors import NotFound

#: Characters of a field that a cell shows.
_CELL = 400


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`kind` is same, changed, added or removed; a side is None where the field is not there."""

    part: str
    name: str
    kind: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """`contents` is None where the two say no content; `source` tells where the texts are from."""

    changes: tuple[FieldChange, ...]
    contents: SideBySide | None = None
    source: str = ""

    @property
    def count(self) -> int:
        return sum(each.kind != "same" for each in self.changes)


def difference(old: tuple[LedgerRow, Record], new: tuple[LedgerRow, Record]) -> Difference:
    """From the first to the second."""
    before, after = (dissect(each.key, each.value) for _, each in (old, new))
    changes = [
        *_changes("key", before.key, after.key),
        *_changes("value", before.value, after.value),
    ]
    texts, source = _contents(old, new)
    if texts is None:
        return Difference(tuple(changes))
    laid = _on_lines(*texts)
    if laid != texts:
        source = f"{source} Laid out on lines, to be compared."
    return Difference(tuple(changes), side_by_side(*laid), source)


def _on_lines(old: bytes, new: bytes) -> tuple[bytes, bytes]:
    """JSON that stands on one line is compared as it would stand on several."""
    texts = old, new
    if any(each.count(b"\n") > 2 for each in texts):
        return texts
    laid = laid_out(old, "json"), laid_out(new, "json")
    return texts if laid[0] is None or laid[1] is None else (laid[0], laid[1])


def _changes(
    part: str, old: PartDissection | None, new: PartDissection | None
) -> list[FieldChange]:
    before, after = _fields(old), _fields(new)
    return [
        FieldChange(part, name, *_kind(before.get(name), after.get(name)))
        for name in dict.fromkeys((*before, *after))
    ]


def _kind(old: Span | None, new: Span | None) -> tuple[str, str | None, str | None]:
    before, after = (None if each is None else _cell(each) for each in (old, new))
    if old is None or new is None:
        return "added" if old is None else "removed", before, after
    kind = "same" if in_words(old) == in_words(new) else "changed"
    return kind, before, after


def _cell(span: Span) -> str:
    if span.value is None and span.note.endswith("null"):
        return "null"
    text = in_words(span)
    return text if len(text) <= _CELL else f"{text[:_CELL]}… {len(text):,} characters"


def _fields(half: PartDissection | None) -> dict[str, Span]:
    """By their path; what holds others is told by them, and an element by its place."""
    found: dict[str, Span] = {}
    path: list[str] = []
    for span in () if half is None else half.spans:
        if span.sort in {"spelling", "length", "rest"}:
            continue
        del path[max(0, span.depth - 1) :]
        path.append(span.name)
        if span.holds:
            continue
        name = " / ".join(path)
        number = sum(each == name or each.startswith(f"{name} ") for each in found)
        found[f"{name} {number + 1}" if number else name] = span
    return found


def _contents(
    old: tuple[LedgerRow, Record], new: tuple[LedgerRow, Record]
) -> tuple[tuple[bytes, bytes] | None, str]:
    said = content_of(old[1]), content_of(new[1])
    if said[0] is not None and said[1] is not None:
        return (said[0], said[1]), "The contents that the two records say."
    names = _content_name(old), _content_name(new)
    kept = _kept(names[0]), _kept(names[1])
    if kept[0] is None or kept[1] is None or names[0] == names[1]:
        return None, ""
    return (kept[0], kept[1]), "As they are stored now; the records only name them."


def _content_name(of: tuple[LedgerRow, Record]) -> int | str | None:
    """The content id that a record names, or else the hash."""
    row, record = of
    value = dissect(record.key, record.value).value
    hashes = (
        [each.value for each in value.spans if each.attribute == "content_hash"] if value else []
    )
    return row.content_id or next(iter(hashes), None)


def _kept(name: int | str | None) -> bytes | None:
    try:
        if isinstance(name, int):
            return queries.content_by_content_id(name).content
        return queries.content_by_hash(name).content if name else None
    except NotFound:
        return None
