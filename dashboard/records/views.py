"""One record: its fields beside its bytes, its neighbors, and its differences from another."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.frame.pages import current_snapshot, render_page, render_part
from dashboard.journal.filters import query_number
from dashboard.records.diff import diff_records
from dashboard.records.fields import ViewOptions, header_text, record_view, size_shares
from dashboard.records.page import (
    DOWNLOADS,
    affected_versions,
    download,
    fetch_record,
    get_row_or_404,
    offsets_before_and_after,
)
from journal.kafka.ranges import parse_offset_spec
from journal.ledger.related import find_neighbors, find_previous_similar, find_related
from journal.models import LedgerRow
from journal.wire.dissector import Dissection, dissect


@require_safe
def show(request: HttpRequest, partition: int, offset: int) -> HttpResponseBase:
    """Show a record.

    `part` in the address is `detail` for an unfolded row of the journal page, or a download. `k`
    and `v` are the first byte of a window of key or value, `all` names a field to show in full,
    `with` is another record for a comparison.
    """
    row = get_row_or_404(partition, offset)
    record, missing = fetch_record(request, row)
    dissection = None if record is None else dissect(record.key, record.value)
    part = request.GET.get("part", "")
    if part in DOWNLOADS:
        if record is None or dissection is None:
            raise Http404(missing)
        return download(record, dissection.content, part)
    context: dict[str, Any] = {
        "row": row,
        "missing": missing,
        "affected_versions": affected_versions(row),
    }
    if record is not None and dissection is not None:
        windows = {name: query_number(request.GET, name) for name in ("k", "v")}
        options = ViewOptions(windows, request.GET.get("all", ""), is_preview=part == "detail")
        context |= {
            "record": record,
            "view": record_view(dissection, options),
            "shares": size_shares(record),
            "has_content": dissection.content is not None,
            "headers": [(name, header_text(value)) for name, value in record.headers],
        }
    if current_snapshot(request) is None:
        context |= offsets_before_and_after(row)
    if part == "detail":
        return render_part(request, "record_detail", context)
    context["older"], context["newer"] = find_neighbors(row)
    context |= {
        "lines": find_related(row),
        "alike": find_previous_similar(row),
        "permalink": request.build_absolute_uri(request.path),
    }
    if "with" in request.GET:
        return _comparison(request, row, dissection, context)
    return render_page(request, "record", context)


def _comparison(
    request: HttpRequest, row: LedgerRow, dissection: Dissection | None, context: dict[str, Any]
) -> HttpResponse:
    """Show the differences between the record and the one in `with`, the earlier one first."""
    other_name = request.GET["with"].strip()
    context |= {"other_name": other_name, "suggestions": _suggestions(context)}
    try:
        # `0:12`, or `12` of partition 0.
        offsets = parse_offset_spec(other_name)
        ((partition, offset),) = [(0, offsets)] if isinstance(offsets, int) else offsets.items()
        compared = get_row_or_404(partition, offset)
    except (ValueError, Http404):
        wrong = f"{other_name!r} names no record that this node has applied, such as 0:12."
        return render_page(request, "record_diff", {**context, "wrong": wrong}, 400)
    context["other"] = compared
    compared_record, missing = fetch_record(request, compared)
    if dissection is None or compared_record is None:
        unread = "The bytes of this record are not there." if dissection is None else missing
        return render_page(request, "record_diff", {**context, "unread": unread})
    sides = [(row, dissection), (compared, dissect(compared_record.key, compared_record.value))]
    old, new = sorted(sides, key=lambda side: side[0].id)
    context |= {"old": old[0], "new": new[0], "diff": diff_records(old, new)}
    return render_page(request, "record_diff", context)


def _suggestions(context: dict[str, Any]) -> list[tuple[str, LedgerRow]]:
    """List records worth comparing, each with a label and only once."""
    candidates: list[tuple[str, LedgerRow | None]] = [("the previous alike", context["alike"])]
    for line in context["lines"][:2]:
        candidates += [("oldest", line.first), ("previous", line.previous)]
        candidates += [("next", line.next), ("newest", line.last)]
    candidates += [("the one before", context["older"]), ("the one after", context["newer"])]
    labeled: dict[int, tuple[str, LedgerRow]] = {}
    for label, row in candidates:
        if row is not None:
            labeled.setdefault(row.id, (label, row))
    return list(labeled.values())
