"""The journal page: a window of the ledger, and the parts that its script asks for."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import render_page, snapshot_of
from dashboard.journal.filters import OUTCOMES, TYPES, number
from dashboard.journal.lag_chart import lag_chart
from dashboard.journal.lag_history import EVERY_S, lag_history
from dashboard.journal.search_box import Asked, Misunderstood, asked_of, moment_of
from dashboard.journal.volume_chart import volume_chart
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

#: Lines of a window.
_LINES = 60
_HIGHEST = 2**63 - 1
#: With its partition or without; longer ones are times.
_OFFSET = re.compile(r"(?:([0-9]{1,9}):)?([0-9]{1,12})").fullmatch


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Newest first; `at`, `before` and `after` are row ids. A script asks for `part` alone."""
    asked = asked_of(request.GET)
    part = _PARTS.get(request.GET.get("part", ""))
    if part is not None:
        return part(request, asked)
    fault = ""
    if "goto" in request.GET:
        try:
            return _going(request)
        except Misunderstood as error:
            fault = str(error)
    head = number(request.GET, "operation")
    context = _operation(request, head) if head is not None else _list(request, asked)
    return render_page(request, "journal", {**context, "goto_fault": fault})


def _list(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    where, is_folded = asked.where, _is_folded(request)
    place = _place(request)
    return {
        "window": load_window(where, place, _LINES, is_folded=is_folded),
        "is_at_newest": place == WindowStart(),
        "asked": asked,
        "where": where,
        "is_folded": is_folded,
        "kept": [
            (name, each)
            for name, held in request.GET.lists()
            if name not in {"goto", "at", "before", "after", "record", "part"}
            for each in held
        ],
        "types": [(name, name in request.GET.getlist("type")) for name in TYPES],
        "outcomes": [
            (name, outcome.label, name in request.GET.getlist("outcome"))
            for name, outcome in OUTCOMES.items()
        ],
        **_about(request, asked),
    }


def _about(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """The count and the charts; nothing is drawn of what is folded away."""
    where = asked.where
    told: dict[str, Any] = {"is_filtered": not where.is_empty, "counted": count_matches(where)}
    if request.GET.get("charts") == "off":
        return told
    address, looks = reverse("journal"), lag_history.looks()
    if snapshot_of(request) is None:
        told["lag"] = lag_chart(looks, request.GET, address)
        told["lag_minutes"] = max(1, round(len(looks) * EVERY_S / 60))
    return {**told, "chart": volume_chart(where, request.GET, address)}


def _operation(request: HttpRequest, head: int) -> dict[str, Any]:
    rows = operation_rows(min(head, _HIGHEST))
    if not rows:
        raise Http404
    return {"records": rows}


def _is_folded(request: HttpRequest) -> bool:
    return request.GET.get("view") != "records"


def _place(request: HttpRequest) -> WindowStart:
    names = ("before", "after", "at")
    return WindowStart(**{name: number(request.GET, name) for name in names})


def _window_part(request: HttpRequest, asked: Asked) -> HttpResponse:
    found = load_window(asked.where, _place(request), _LINES, is_folded=_is_folded(request))
    return render_page(request, "_window", {"window": found})


def _news_part(request: HttpRequest, asked: Asked) -> HttpResponse:
    """What came after the row `since`."""
    since = number(request.GET, "since") or 0
    found = load_new_rows(asked.where, since, _LINES, is_folded=_is_folded(request))
    return render_page(request, "_window", {"window": found.window, "came": found.records})


def _count_part(request: HttpRequest, asked: Asked) -> HttpResponse:
    """How many records came after `since`, and up to which."""
    since, last = number(request.GET, "since") or 0, last_ledger_id()
    count = matching_rows(asked.where).filter(id__gt=since, id__lte=last).count()
    return JsonResponse({"newest": last, "records": count})


def _operation_part(request: HttpRequest, asked: Asked) -> HttpResponse:
    head = number(request.GET, "operation") or 0
    return render_page(request, "_operation", _operation(request, head))


def _about_part(request: HttpRequest, asked: Asked) -> HttpResponse:
    query = request.GET.copy()
    query.pop("part")
    # The links of the charts are of the page, not of its part.
    request.GET = query  # type: ignore[assignment]
    return render_page(request, "_journal_about", _about(request, asked))


_PARTS = {
    "rows": _window_part,
    "news": _news_part,
    "count": _count_part,
    "operation": _operation_part,
    "about": _about_part,
}


def _going(request: HttpRequest) -> HttpResponse:
    """To the address of the place that was asked for: an offset, with its partition, or a time."""
    query = request.GET.copy()
    text = str(query.pop("goto")[0]).strip()
    for name in ("at", "before", "after", "record"):
        query.pop(name, None)
    if text:
        query["at"] = str(_row_id_of(text))
    return HttpResponseRedirect(f"{reverse('journal')}?{query.urlencode()}")


def _row_id_of(text: str) -> int:
    offset = _OFFSET(text)
    if offset is None:
        found = row_id_at_time(moment_of(text))
        if found is None:
            raise Misunderstood(f"No record is as old as {text}.")
        return found
    found = row_id_at(int(offset[1] or 0), int(offset[2]))
    if found is None:
        raise Misunderstood(f"No record at {text}, nor one before it.")
    return found
