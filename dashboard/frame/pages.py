"""What all pages share: the node's state in the header, and the error page."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from access.caller import AccessDenied
from access.middleware import get_caller
from access.policy import Level
from access.request_ids import current_request_id
from dashboard.frame.finding_counts import alarms_of
from journal.health.current import current_findings
from journal.health.findings import Finding
from journal.health.node_state import node_state
from journal.health.write_gate import JournalUnwell
from journal.outcomes.errors import NoOutcome, RecordTooLarge
from journal.snapshots.store import Snapshot
from registry.errors import (
    AlreadyExists,
    DeletionNotEnabled,
    InvalidContent,
    NotFound,
    ReadOnlyRegistry,
    RegistryError,
)
from registry.queries import READ_ONLY_PAGES, is_set

View = Callable[..., HttpResponseBase]

#: Told where a property of the registry keeps everybody from writing on the pages.
READ_ONLY = (
    "The pages are set to read only: an administrator can change that under Admin, Settings."
)

_log = logging.getLogger(__name__)

_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (AccessDenied, 403),
    (RecordTooLarge, 413),
    (NoOutcome, 503),
    (NotFound, 404),
    (AlreadyExists, 409),
    (DeletionNotEnabled, 405),
    (ReadOnlyRegistry, 405),
    (InvalidContent, 400),
    (RegistryError, 409),
)
_ADVICE = {
    404: "It may have been deleted, or its address mistyped.",
    503: "Try reloading the page. If the issue persists, reach out to your administrator.",
}
_OTHER_ADVICE = "Try reloading the page. If the issue persists, reach out to your administrator."
#: The findings that explain why an upload fails.
_CODES_BEHIND_ERRORS = frozenset({"J03"})


def render_page(
    request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The template dashboard/<name>.html within the frame of every page."""
    frame = {**_frame(request), **_permissions(request, why_not_write(request))}
    return render(request, f"dashboard/{name}.html", {**frame, **context}, status=status)


def snapshot_of(request: HttpRequest) -> Snapshot | None:
    """The one that is looked at; None for the node's own registry."""
    found: Snapshot | None = getattr(request, "snapshot", None)
    return found


def _permissions(request: HttpRequest, why_not: str) -> dict[str, Any]:
    """What is shown to whom: `who` is None where nobody is asked."""
    asks = get_caller(request)
    return {
        "who": asks.principal if asks.switches.authentication else None,
        "may_read": asks.may(Level.READ),
        "may_write": not why_not,
        "why_not_write": why_not,
        "may_administer": asks.may(Level.ADMIN),
    }


def why_not_write(request: HttpRequest) -> str:
    """Why this one can't change anything on the pages; empty for who can."""
    return _why_no_right(request) or (READ_ONLY if is_set(READ_ONLY_PAGES) else "")


def _why_no_right(request: HttpRequest) -> str:
    """Told without a look at the tables, which may be what failed."""
    if snapshot_of(request) is not None:
        return "A snapshot is not changed."
    if not get_caller(request).may(Level.WRITE):
        return "Who has the role DEVELOPER can change this."
    return ""


def _frame(request: HttpRequest) -> dict[str, Any]:
    snapshot = snapshot_of(request)
    if snapshot is not None:
        return {"snapshot": snapshot, "alarms": alarms_of(snapshot.findings)}
    return {"state": node_state(), "alarms": alarms_of(current_findings())}


def page(failure: str) -> Callable[[View], View]:
    """Answers what the registry or the journal refuses with the error page.

    `failure` is its headline: "Error uploading artifact."
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (RegistryError, NoOutcome, AccessDenied) as error:
                return _refusal(request, failure, error)

        return answer

    return decorate


def _refusal(request: HttpRequest, failure: str, error: Exception) -> HttpResponse:
    status = next(status for kind, status in _STATUSES if isinstance(error, kind))
    details = error_details(request, status, str(error), type(error).__name__)
    # None was given to what was refused before a word was said.
    if isinstance(error, NoOutcome) and error.req:
        details.insert(1, ("request id", error.req))
    if status >= 500:
        _log.warning("%s %s: %s", request.method, request.path, error)
    findings = _findings(error) if status in {409, 503} else ()
    for finding in findings:
        details += _told(finding)
    return error_page(
        request, failure, status, details, state=node_state(), findings=findings, reason=str(error)
    )


def _findings(error: Exception) -> tuple[Finding, ...]:
    """Those that explain the error, first the one that it names."""
    named = (error.finding,) if isinstance(error, JournalUnwell) else ()
    others = (each for each in current_findings() if each.code in _CODES_BEHIND_ERRORS)
    return (*named, *(each for each in others if each not in named))


def _told(finding: Finding) -> list[tuple[str, str]]:
    told = [(finding.code, finding.summary)]
    if finding.began is not None:
        told.append((f"{finding.code} since", f"offset {finding.began.offset}"))
    return told


def error_details(
    request: HttpRequest, status: int, message: str, error: str = ""
) -> list[tuple[str, str]]:
    """Names and texts, as the box shows them."""
    told = [
        ("error", f"{status} {error}".strip()),
        ("message", message),
        ("request", f"{request.method} {request.get_full_path()}"),
        ("id", current_request_id()),
        ("time", datetime.now(UTC).isoformat(timespec="milliseconds")),
    ]
    return [(name, text) for name, text in told if text]


def error_page(
    request: HttpRequest,
    failure: str,
    status: int,
    details: list[tuple[str, str]],
    **context: Any,
) -> HttpResponse:
    return render(
        request,
        "dashboard/error.html",
        {
            "failure": failure,
            "advice": _ADVICE.get(status, _OTHER_ADVICE),
            "details": details,
            **_permissions(request, _why_no_right(request)),
            **context,
        },
        status=status,
    )
