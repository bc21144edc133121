"""The node's database as its tables hold it, read-only."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.frame.pages import render_page
from dashboard.frame.paging import place_of
from registry.queries import artifacts_table, contents_table, sequences_table

_SIZE = 50


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`artifacts` and `contents` in the address are the pages of these tables."""
    artifacts_at = place_of(request.GET, _SIZE, "artifacts")
    contents_at = place_of(request.GET, _SIZE, "contents")
    artifacts = artifacts_table(limit=_SIZE, offset=artifacts_at.offset)
    contents = contents_table(limit=_SIZE, offset=contents_at.offset)
    context = {
        "sequences": sequences_table(),
        "artifacts": artifacts.items,
        "artifacts_at": artifacts_at.context(artifacts.count),
        "contents": contents.items,
        "contents_at": contents_at.context(contents.count),
    }
    return render_page(request, "tables", context)
