"""The records that a search found, or that were chosen, as a file."""

from itertools import chain

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import render_page
from dashboard.journal.search_box import asked_of
from journal.kafka.errors import BrokerError
from journal.ledger.export import (
    MOST_CHOSEN,
    ExportPreview,
    Selection,
    csv_lines,
    preview_export,
    record_lines,
    select_rows,
)

_NOT_KEPT = frozenset({"at", "before", "after", "record", "part", "charts", "view", "form", "goto"})
_FILES = {
    "envelope": ("records.kcat.jsonl", "application/x-ndjson"),
    "jsonl": ("records.jsonl", "application/x-ndjson"),
    "csv": ("records.csv", "text/csv; charset=utf-8"),
}


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """What would be exported, and what of it is gone from the topic."""
    asked, chosen = asked_of(request.GET), _chosen(request)
    faults = list(asked.faults)
    if len(chosen) > MOST_CHOSEN:
        faults.append(f"Only the first {MOST_CHOSEN:,} records that were chosen are exported.")
    found, trouble = _surveyed(select_rows(asked.where, chosen))
    back = request.GET.copy()
    back.pop("pick", None)
    context = {
        "survey": found,
        "trouble": trouble,
        "faults": faults,
        "back": back.urlencode(),
        "kept": [
            (name, each)
            for name, held in request.GET.lists()
            if name not in _NOT_KEPT
            for each in held
        ],
    }
    return render_page(request, "journal_export", context)


def _surveyed(chosen: Selection) -> tuple[ExportPreview, str]:
    try:
        return preview_export(chosen), ""
    except BrokerError as error:
        return ExportPreview(chosen.count()), f"The broker can't be asked for the records: {error}"


@require_safe
def download(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Sent as it is read."""
    form = request.GET.get("form", "envelope")
    if form not in _FILES:
        return HttpResponse(f"There is no form {form}.", status=400, content_type="text/plain")
    chosen = select_rows(asked_of(request.GET).where, _chosen(request))
    chunks = csv_lines(chosen) if form == "csv" else record_lines(chosen, form)
    try:
        # The broker is asked before anything is promised.
        first = next(chunks, b"")
    except BrokerError as error:
        return HttpResponse(f"{error}\n", status=503, content_type="text/plain")
    name, content_type = _FILES[form]
    answer = StreamingHttpResponse(chain([first], chunks), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _chosen(request: HttpRequest) -> list[int]:
    """From boxes, each of one record or of an operation's."""
    texts = [each for held in request.GET.getlist("pick") for each in held.split(",")]
    return list(dict.fromkeys(int(each) for each in texts if each.isdigit() and len(each) < 19))
