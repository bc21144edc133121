"""The found or the selected records as a file."""

from itertools import chain

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import render_page
from dashboard.journal.search_box import parse_search
from journal.journal import get_journal
from journal.kafka.errors import BrokerError
from journal.ledger.export import (
    MAX_CHOSEN,
    ExportPreview,
    csv_lines,
    preview_export,
    record_lines,
    select_rows,
)
from registry.whole_numbers import parse_whole_number

_PAGE_PARAMETERS = frozenset({
    "at",
    "before",
    "after",
    "record",
    "part",
    "charts",
    "view",
    "form",
    "goto",
})
_FILES = {
    "envelope": ("records.kcat.jsonl", "application/x-ndjson"),
    "jsonl": ("records.jsonl", "application/x-ndjson"),
    "csv": ("records.csv", "text/csv; charset=utf-8"),
}


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show a preview of the export, including records missing from the topic."""
    search, row_ids = parse_search(request.GET), _selected_rows(request)
    faults = list(search.faults)
    if len(row_ids) > MAX_CHOSEN:
        faults.append(f"Only the first {MAX_CHOSEN:,} records that were chosen are exported.")
    selected = select_rows(search.where, row_ids)
    broker_error = ""
    try:
        preview = preview_export(get_journal(request).topic, selected)
    except BrokerError as error:
        preview = ExportPreview(selected.rows().count())
        broker_error = f"The broker can't be asked for the records: {error}"
    back = request.GET.copy()
    back.pop("pick", None)
    context = {
        "survey": preview,
        "broker_error": broker_error,
        "faults": faults,
        "back": back.urlencode(),
        "form_fields": [
            (name, value)
            for name, values in request.GET.lists()
            if name not in _PAGE_PARAMETERS
            for value in values
        ],
    }
    return render_page(request, "journal_export", context)


@require_safe
def download(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Stream the file."""
    form = request.GET.get("form", "envelope")
    if form not in _FILES:
        return HttpResponse(f"There is no form {form}.", status=400, content_type="text/plain")
    selected = select_rows(parse_search(request.GET).where, _selected_rows(request))
    if form == "csv":
        chunks = csv_lines(selected)
    else:
        chunks = record_lines(get_journal(request).topic, selected, form)
    try:
        # Reads from the broker before the status is sent.
        first = next(chunks, b"")
    except BrokerError as error:
        return HttpResponse(f"{error}\n", status=503, content_type="text/plain")
    name, content_type = _FILES[form]
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(
        chain([first], chunks), content_type=content_type, headers=disposition
    )


def _selected_rows(request: HttpRequest) -> list[int]:
    """Parse the row ids of checkboxes; an operation has several, separated by commas."""
    texts = [text for value in request.GET.getlist("pick") for text in value.split(",")]
    numbers = (parse_whole_number(text) for text in texts)
    return list(dict.fromkeys(number for number in numbers if number is not None))
