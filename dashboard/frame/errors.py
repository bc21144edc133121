"""Error pages for requests without a view; node.urls names these handlers."""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from dashboard.frame.pages import error_details, error_page
from journal.database.errors import describe_unavailability, is_unavailable
from journal.journal import get_journal

_log = logging.getLogger(__name__)


class DatabaseErrorMiddleware:
    """Answers 503 with the reason if the tables for a page can't be read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not is_unavailable(error):
            return None
        _log.error("The tables can't be used: %s", str(error).strip() or repr(error))
        cause = describe_unavailability(error)
        reason = f"The node's database can't be used at the moment: {cause}."
        details = error_details(request, 503, reason)
        headline = "The page can't be shown."
        return error_page(request, headline, 503, details, state=None, reason=reason)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    details = error_details(request, 404, "There is no page at this address.")
    try:
        state = get_journal(request).health.state()
    except DatabaseError:
        state = None
    return error_page(request, "Page not found.", 404, details, state=state)


def server_error(request: HttpRequest) -> HttpResponse:
    # Queries no database: that may be what failed.
    details = error_details(request, 500, "The node met an error of its own; its log tells which.")
    return error_page(request, "Something went wrong.", 500, details, state=None)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    details = error_details(request, 403, reason)
    return error_page(request, "The form is out of date.", 403, details, state=None)
