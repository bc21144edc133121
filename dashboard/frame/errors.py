"""Error pages for requests without a view; node.urls names these handlers."""

from django.http import HttpRequest, HttpResponse

from dashboard.frame.pages import error_details, error_page
from journal.journal import get_journal


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    details = error_details(request, 404, "There is no page at this address.")
    return error_page(
        request, "Page not found.", 404, details, state=get_journal(request).health.state()
    )


def server_error(request: HttpRequest) -> HttpResponse:
    # Queries no database: that may be what failed.
    details = error_details(request, 500, "The node met an error of its own; its log tells which.")
    return error_page(request, "Something went wrong.", 500, details, state=None)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    details = error_details(request, 403, reason)
    return error_page(request, "The form is out of date.", 403, details, state=None)
