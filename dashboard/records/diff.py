"""Two records side by side: field by field, and the texts of their contents."""

from dataclasses import dataclass

from dashboard.records.fields import display_value
from dashboard.versions.layouts import lay_out
from journal.models import LedgerRow
from journal.wire.dissector import Dissection, PartDissection, Span
from registry import queries
from registry.checking import side_by_side
from registry.errors import NotFound
from registry.text_diff import SideBySide

#: Characters of a field that a cell shows.
_CELL = 400

_Dissected = tuple[LedgerRow, Dissection]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`kind` is same, changed, added or removed; a side is None if it lacks the field."""

    part: str
    name: str
    kind: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class RecordDiff:
    """`contents` is None without two contents to compare; `source` describes their origin."""

    changes: tuple[FieldChange, ...]
    contents: SideBySide | None = None
    source: str = ""

    @property
    def count(self) -> int:
        return sum(change.kind != "same" for change in self.changes)


def diff_records(old: _Dissected, new: _Dissected) -> RecordDiff:
    changes = (
        *_part_changes("key", old[1].key, new[1].key),
        *_part_changes("value", old[1].value, new[1].value),
    )
    before, after = old[1].content, new[1].content
    source = "The contents that the two records say."
    if before is None or after is None:
        names = _content_name(old), _content_name(new)
        if names[0] == names[1]:
            return RecordDiff(changes)
        before, after = _stored_content(names[0]), _stored_content(names[1])
        source = "As they are stored now; the records only name them."
        if before is None or after is None:
            return RecordDiff(changes)
    if max(text.count(b"\n") for text in (before, after)) <= 2:
        # JSON on one line is compared as it would stand on several.
        laid = lay_out(before, "json"), lay_out(after, "json")
        if laid[0] is not None and laid[1] is not None and laid != (before, after):
            before, after = laid[0], laid[1]
            source = f"{source} Laid out on lines, to be compared."
    return RecordDiff(changes, side_by_side(before, after), source)


def _part_changes(
    part: str, old: PartDissection | None, new: PartDissection | None
) -> list[FieldChange]:
    before, after = _fields_by_path(old), _fields_by_path(new)
    changes = []
    for name in dict.fromkeys((*before, *after)):
        left, right = before.get(name), after.get(name)
        if left is None or right is None:
            kind = "added" if left is None else "removed"
        else:
            kind = "same" if display_value(left) == display_value(right) else "changed"
        changes.append(FieldChange(part, name, kind, _cell(left), _cell(right)))
    return changes


def _cell(span: Span | None) -> str | None:
    if span is None:
        return None
    if span.value is None and span.note.endswith("null"):
        return "null"
    text = display_value(span)
    return text if len(text) <= _CELL else f"{text[:_CELL]}… {len(text):,} characters"


def _fields_by_path(part: PartDissection | None) -> dict[str, Span]:
    """Return the innermost fields by path; elements of arrays are numbered."""
    fields: dict[str, Span] = {}
    path: list[str] = []
    for span in () if part is None else part.spans:
        if span.kind in {"spelling", "length", "rest"}:
            continue
        del path[max(0, span.depth - 1) :]
        path.append(span.name)
        if span.has_members:
            continue
        name = " / ".join(path)
        number = sum(known == name or known.startswith(f"{name} ") for known in fields)
        fields[f"{name} {number + 1}" if number else name] = span
    return fields


def _content_name(dissected: _Dissected) -> int | str | None:
    """Return the content id in a record, or else the content's hash."""
    row, dissection = dissected
    spans = [] if dissection.value is None else dissection.value.spans
    hashes = (span.value for span in spans if span.attribute == "content_hash")
    return row.content_id or next(hashes, None)


def _stored_content(name: int | str | None) -> bytes | None:
    try:
        if isinstance(name, int):
            return queries.content_by_content_id(name).content
        return queries.content_by_hash(name).content if name else None
    except NotFound:
        return None
