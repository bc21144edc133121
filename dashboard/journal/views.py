"""The journal page: a window of the ledger, and parts of the page for its script."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import current_snapshot, render_page, render_part
from dashboard.journal.charts import lag_chart, volume_chart
from dashboard.journal.filters import OUTCOMES, TYPES, query_number, without_position
from dashboard.journal.lag_history import INTERVAL_S
from dashboard.journal.search_box import JournalSearch, SearchSyntaxError, parse_search, parse_time
from dashboard.state import get_dashboard
from journal.ledger.filters import matching_rows
from journal.ledger.rows import last_ledger_id
from journal.ledger.windows import (
    WindowStart,
    count_matches,
    load_new_rows,
    load_window,
    operation_rows,
    row_id_at,
    row_id_at_time,
)
from registry.whole_numbers import MAX_LONG, MAX_PARTITION, parse_whole_number

#: Lines of a window.
_LINES = 60
#: Without its partition; greater numbers are times.
_MAX_OFFSET = 10**12 - 1


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """List records, newest first; `at`, `before` and `after` are row ids.

    With `part`, respond with that part of the page alone, for a script.
    """
    search = parse_search(request.GET)
    part = request.GET.get("part", "")
    if part in _PARTS:
        return _part(request, search, part)
    goto_fault = ""
    if "goto" in request.GET:
        try:
            return _go_to(request)
        except SearchSyntaxError as error:
            goto_fault = str(error)
    lead_id = query_number(request.GET, "operation")
    if lead_id is not None:
        return render_page(request, "journal", {"records": _records_of_operation(lead_id)})
    start, is_folded = _window_start(request), _is_folded(request)
    form_fields = without_position(request.GET)
    form_fields.pop("goto", None)
    context = {
        "window": load_window(search.where, start, _LINES, is_folded=is_folded),
        "is_at_newest": start == WindowStart(),
        "search": search,
        "goto_fault": goto_fault,
        "is_folded": is_folded,
        "form_fields": [(name, value) for name, values in form_fields.lists() for value in values],
        "types": [(name, name in request.GET.getlist("type")) for name in TYPES],
        "outcomes": [
            (name, outcome.label, name in request.GET.getlist("outcome"))
            for name, outcome in OUTCOMES.items()
        ],
        **_count_and_charts(request, search),
    }
    return render_page(request, "journal", context)


def _count_and_charts(request: HttpRequest, search: JournalSearch) -> dict[str, Any]:
    """Return the context of the count and, unless hidden, of the charts."""
    context = {"is_filtered": not search.where.is_empty, "counted": count_matches(search.where)}
    if request.GET.get("charts") == "off":
        return context
    address, samples = reverse("journal"), get_dashboard(request).lag_history.samples()
    if current_snapshot(request) is None:
        context["lag"] = lag_chart(samples, request.GET, address)
        context["lag_minutes"] = max(1, round(len(samples) * INTERVAL_S / 60))
    return {**context, "chart": volume_chart(search.where, request.GET, address)}


def _records_of_operation(lead_id: int) -> Any:
    rows = operation_rows(min(lead_id, MAX_LONG))
    if not rows:
        raise Http404
    return rows


def _is_folded(request: HttpRequest) -> bool:
    return request.GET.get("view") != "records"


def _window_start(request: HttpRequest) -> WindowStart:
    names = ("before", "after", "at")
    return WindowStart(**{name: query_number(request.GET, name) for name in names})


_PARTS = frozenset({"rows", "news", "count", "operation", "about"})


def _part(request: HttpRequest, search: JournalSearch, part: str) -> HttpResponse:
    """Render a part of the page.

    `part` is rows (a window), news (rows after the row `since`), operation or about (the charts);
    count is JSON.
    """
    where, since = search.where, query_number(request.GET, "since") or 0
    if part == "rows":
        rows = load_window(where, _window_start(request), _LINES, is_folded=_is_folded(request))
        return render_part(request, "journal_window", {"window": rows})
    if part == "news":
        new = load_new_rows(where, since, _LINES, is_folded=_is_folded(request))
        return render_part(
            request, "journal_window", {"window": new.window, "new_records": new.records}
        )
    if part == "count":
        last = last_ledger_id()
        count = matching_rows(where).filter(id__gt=since, id__lte=last).count()
        return JsonResponse({"newest": last, "records": count})
    if part == "operation":
        lead_id = query_number(request.GET, "operation") or 0
        return render_part(
            request, "operation_records", {"records": _records_of_operation(lead_id)}
        )
    query = request.GET.copy()
    query.pop("part")
    # The links of the charts are of the page, not of its part. The stubs ask for a query that
    # can't be changed.
    request.GET = query  # type: ignore[assignment]
    return render_part(request, "journal_summary", _count_and_charts(request, search))


def _go_to(request: HttpRequest) -> HttpResponse:
    """Redirect to the offset or time in `goto`; an offset may have a partition."""
    query = without_position(request.GET)
    text = str(query.pop("goto")[0]).strip()
    if text:
        position = _parse_position(text)
        if position is None:
            row_id = row_id_at_time(parse_time(text))
            fault = f"No record is as old as {text}."
        else:
            row_id = row_id_at(*position)
            fault = f"No record at {text}, nor one before it."
        if row_id is None:
            raise SearchSyntaxError(fault)
        query["at"] = str(row_id)
    return redirect(f"{reverse('journal')}?{query.urlencode()}")


def _parse_position(text: str) -> tuple[int, int] | None:
    """Return the partition and the offset of `1:120` or `120`, None for any other text."""
    before, colon, digits = text.rpartition(":")
    partition = parse_whole_number(before, MAX_PARTITION) if colon else 0
    offset = parse_whole_number(digits, MAX_LONG if colon else _MAX_OFFSET)
    return None if partition is None or offset is None else (partition, offset)
