"""The journal page."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.journal_filters import OUTCOMES, TYPES, filter_of, number
from dashboard.pages import render_page
from journal.queries import ledger_rows

_PAGE = 50


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` in the address continues below a row's id."""
    where = filter_of(request.GET)
    before = number(request.GET, "before")
    rows = ledger_rows(where=where, before=before, limit=_PAGE + 1)
    shown = rows[:_PAGE]
    context = {
        "rows": shown,
        "older": shown[-1].id if len(rows) > _PAGE else None,
        "before": before,
        "where": where,
        "types": [(name, kind in where.types) for name, kind in TYPES.items()],
        "outcomes": [
            (name, outcome.label, outcome in where.outcomes) for name, outcome in OUTCOMES.items()
        ],
        "is_filtered": any((where.types, where.outcomes, where.artifact, where.req)),
    }
    return render_page(request, "journal", context)
