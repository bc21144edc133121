"""Shared parts of all pages: the node's state in the header, and the error page."""

import logging
from collections.abc import Callable, Sequence
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
from dashboard.frame.finding_counts import summarize_findings
from journal.health.findings import Finding
from journal.health.node_health import JournalUnwell
from journal.health.node_state import NodeState
from journal.journal import get_journal
from journal.outcomes.errors import NoOutcome, RecordTooLarge
from journal.snapshots.store import Snapshot
from registry.errors import (
    AlreadyExists,
    DeletionNotEnabled,
    InvalidContent,
    NodeBusy,
    NotFound,
    NotTheOwner,
    ReadOnlyRegistry,
    RegistryError,
    ValueOutOfRange,
)
from registry.queries import READ_ONLY_PAGES, is_enabled

View = Callable[..., HttpResponseBase]

#: Shown while a property of the registry keeps the pages read only.
READ_ONLY = (
    "The pages are set to read only: an administrator can change that under Admin, Settings."
)

_log = logging.getLogger(__name__)

_STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (AccessDenied, 403),
    (RecordTooLarge, 413),
    (NoOutcome, 503),
    (NotFound, 404),
    (NotTheOwner, 403),
    (AlreadyExists, 409),
    (DeletionNotEnabled, 405),
    (ReadOnlyRegistry, 405),
    (InvalidContent, 400),
    (ValueOutOfRange, 400),
    (NodeBusy, 503),
    (RegistryError, 409),
)
_ADVICE = {
    404: "It may have been deleted, or its address mistyped.",
    503: "Try reloading the page. If the issue persists, reach out to your administrator.",
}
_OTHER_ADVICE = "Try reloading the page. If the issue persists, reach out to your administrator."
#: Codes of findings that explain why an upload fails.
_EXPLAINING_CODES = frozenset({"J03"})


def render_page(
    request: HttpRequest,
    name: str,
    context: dict[str, Any],
    status: int = 200,
    *,
    state: NodeState | None = None,
    findings: Sequence[Finding] | None = None,
) -> HttpResponse:
    """Render dashboard/<name>.html within the frame of all pages.

    `state` and `findings` are the node's; a view passes them if it has read them already.
    """
    snapshot = current_snapshot(request)
    if snapshot is None:
        state = get_journal(request).health.state() if state is None else state
        findings = get_journal(request).health.findings() if findings is None else findings
    else:
        state, findings = None, snapshot.findings
    frame = {
        "snapshot": snapshot,
        "state": state,
        "finding_summary": summarize_findings(findings),
        **_permissions(request, write_denial(request)),
    }
    return render(request, f"dashboard/{name}.html", {**frame, **context}, status=status)


def render_part(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Render dashboard/_<name>.html, a part for a script to insert into a page.

    Reads no data of the frame: node state, findings and permissions.
    """
    return render(request, f"dashboard/_{name}.html", context)


def current_snapshot(request: HttpRequest) -> Snapshot | None:
    """Return the snapshot of the address; None for the node's own registry."""
    snapshot: Snapshot | None = getattr(request, "snapshot", None)
    return snapshot


def _permissions(request: HttpRequest, write_denial: str) -> dict[str, Any]:
    """Return the caller's permissions for templates; `who` is None while access is off."""
    caller = get_caller(request)
    return {
        "who": caller.principal if caller.switches.authentication else None,
        "may_read": caller.may(Level.READ),
        "may_write": not write_denial,
        "why_not_write": write_denial,
        "may_administer": caller.may(Level.ADMIN),
    }


def write_denial(request: HttpRequest) -> str:
    """Return the reason for refusing any change by the caller on the pages; empty if allowed."""
    return _role_denial(request) or (READ_ONLY if is_enabled(READ_ONLY_PAGES) else "")


def _role_denial(request: HttpRequest) -> str:
    # Reads no table: error pages call it, and the tables may be what failed.
    if current_snapshot(request) is not None:
        return "A snapshot is not changed."
    if not get_caller(request).may(Level.WRITE):
        return "Who has the role DEVELOPER can change this."
    return ""


def with_error_page(headline: str) -> Callable[[View], View]:
    """Return a decorator turning errors of the registry and the journal into an error page.

    `headline` is the page's title: "Error uploading artifact."
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def handled(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return view(request, *args, **kwargs)
            except (RegistryError, NoOutcome, AccessDenied) as error:
                return _page_of_error(request, headline, error)

        return handled

    return decorate


def _page_of_error(request: HttpRequest, headline: str, error: Exception) -> HttpResponse:
    status = next(status for kind, status in _STATUSES if isinstance(error, kind))
    details = error_details(request, status, str(error), type(error).__name__)
    # A write that was rejected before it was published has no request id.
    if isinstance(error, NoOutcome) and error.req:
        details.insert(1, ("request id", error.req))
    if status >= 500:
        _log.warning("%s %s: %s", request.method, request.path, error)
    findings = [error.finding] if isinstance(error, JournalUnwell) else []
    if status in {409, 503}:
        for finding in get_journal(request).health.findings():
            if finding.code in _EXPLAINING_CODES and finding not in findings:
                findings.append(finding)
    for finding in findings:
        details.append((finding.code, finding.summary))
        if finding.since is not None:
            details.append((f"{finding.code} since", f"offset {finding.since.offset}"))
    return error_page(
        request,
        headline,
        status,
        details,
        state=get_journal(request).health.state(),
        findings=findings,
        reason=str(error),
    )


def error_details(
    request: HttpRequest, status: int, message: str, error: str = ""
) -> list[tuple[str, str]]:
    """Return names and texts for the details of an error page, without empty ones."""
    details = [
        ("error", f"{status} {error}".strip()),
        ("message", message),
        ("request", f"{request.method} {request.get_full_path()}"),
        ("id", current_request_id()),
        ("time", datetime.now(UTC).isoformat(timespec="milliseconds")),
    ]
    return [(name, text) for name, text in details if text]


def error_page(
    request: HttpRequest,
    headline: str,
    status: int,
    details: list[tuple[str, str]],
    **context: Any,
) -> HttpResponse:
    return render(
        request,
        "dashboard/error.html",
        {
            "headline": headline,
            "advice": _ADVICE.get(status, _OTHER_ADVICE),
            "details": details,
            **_permissions(request, _role_denial(request)),
            **context,
        },
        status=status,
    )
