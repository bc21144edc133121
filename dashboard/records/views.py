"""One record: its fields beside its bytes, its neighbors, and how it differs from another."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.frame.pages import render_page, snapshot_of
from dashboard.journal.filters import number
from dashboard.records.diff import difference
from dashboard.records.fields import Wanted, shares, told, told_header
from dashboard.records.page import (
    FILES,
    content_of,
    file_of,
    moments_around,
    record_of,
    row_at,
    shown_by,
    why_missing,
)
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import parse_offset_spec
from journal.kafka.records import Record
from journal.ledger.related import find_neighbors, find_previous_similar, find_related
from journal.models import LedgerRow


@require_safe
def show(request: HttpRequest, partition: int, offset: int) -> HttpResponseBase:
    """`part` of the address is `detail` for what a row of the journal page unfolds to, or a file.

    `k` and `v` are bytes from which on more of key or value is shown, `all` names a field that is
    shown whole, `with` another record to compare it with.
    """
    row = row_at(partition, offset)
    part = request.GET.get("part", "")
    record, missing = _fetched(request, row)
    if part in FILES:
        if record is None:
            raise Http404(missing)
        return file_of(record, part)
    wanted = Wanted(
        {name: number(request.GET, name) for name in ("k", "v")},
        request.GET.get("all", ""),
        is_glance=part == "detail",
    )
    context = {"row": row, "missing": missing, "shown_by": shown_by(row)}
    if record is not None:
        context |= _of_record(record, wanted)
    if snapshot_of(request) is None:
        context |= moments_around(row)
    if part == "detail":
        return render_page(request, "_detail", context)
    return _whole_page(request, row, record, context)


def _fetched(request: HttpRequest, row: LedgerRow) -> tuple[Record | None, str]:
    """The record, or why it can't be shown."""
    try:
        record = record_of(request, row)
    except BrokerError as error:
        return None, f"The broker can't be asked for the bytes: {error}"
    return record, why_missing(record)


def _of_record(record: Record, wanted: Wanted) -> dict[str, Any]:
    return {
        "record": record,
        "told": told(record, wanted),
        "shares": shares(record),
        "has_content": content_of(record) is not None,
        "headers": [(name, told_header(value)) for name, value in record.headers],
    }


def _whole_page(
    request: HttpRequest, row: LedgerRow, record: Record | None, context: dict[str, Any]
) -> HttpResponse:
    older, newer = find_neighbors(row)
    context |= {
        "older": older,
        "newer": newer,
        "lines": find_related(row),
        "alike": find_previous_similar(row),
        "permalink": request.build_absolute_uri(request.path),
    }
    if "with" not in request.GET:
        return render_page(request, "record", context)
    compared = _compared(request, row, record)
    status = 400 if "wrong" in compared else 200
    return render_page(
        request, "record_difference", context | {"picks": _picks(context)} | compared, status
    )


def _compared(request: HttpRequest, row: LedgerRow, record: Record | None) -> dict[str, Any]:
    """What differs, from the earlier of the two to the later; or `wrong`, in words."""
    asked = request.GET["with"].strip()
    other = _named(asked)
    if other is None:
        wrong = f"{asked!r} names no record that this node has applied, such as 0:12."
        return {"asked": asked, "wrong": wrong}
    its_record, missing = _fetched(request, other)
    if record is None or its_record is None:
        why = missing if record is not None else "The bytes of this record are not there."
        return {"asked": asked, "other": other, "unread": why}
    pairs = sorted(((row, record), (other, its_record)), key=lambda each: each[0].id)
    found = difference(pairs[0], pairs[1])
    return {"asked": asked, "other": other, "old": pairs[0][0], "new": pairs[1][0], "found": found}


def _picks(context: dict[str, Any]) -> list[tuple[str, LedgerRow]]:
    """Records that one may want to compare with, each once."""
    found: list[tuple[str, LedgerRow | None]] = [("the previous alike", context["alike"])]
    for line in context["lines"][:2]:
        found += [("oldest", line.first), ("previous", line.previous)]
        found += [("next", line.next), ("newest", line.last)]
    found += [("the one before", context["older"]), ("the one after", context["newer"])]
    seen: dict[int, tuple[str, LedgerRow]] = {}
    for words, row in found:
        if row is not None:
            seen.setdefault(row.id, (words, row))
    return list(seen.values())


def _named(text: str) -> LedgerRow | None:
    """`0:12`, or `12` of partition 0."""
    try:
        named = parse_offset_spec(text)
        pairs = list(named.items()) if isinstance(named, dict) else [(0, named)]
        return row_at(*pairs[0]) if len(pairs) == 1 else None
    except (ValueError, Http404):
        return None
