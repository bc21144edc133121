"""The rows of the node's database, read-only."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import render_page
from dashboard.frame.paging import parse_page
from registry.queries import artifacts_table, contents_table, sequences_table

_SIZE = 50


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the tables; `artifacts` and `contents` in the address are their page numbers."""
    artifacts_page = parse_page(request.GET, _SIZE, "artifacts")
    contents_page = parse_page(request.GET, _SIZE, "contents")
    artifacts = artifacts_table(limit=_SIZE, offset=artifacts_page.offset)
    contents = contents_table(limit=_SIZE, offset=contents_page.offset)
    context = {
        "sequences": sequences_table(),
        "artifacts": artifacts.items,
        "artifacts_page": artifacts_page.context(artifacts.count),
        "contents": contents.items,
        "contents_page": contents_page.context(contents.count),
    }
    return render_page(request, "tables", context)
