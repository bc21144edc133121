"""Decorators for the required level of a page; dashboard.urls applies one to each view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from access.caller import AccessDenied, IdentityUnavailable
from access.middleware import get_caller
from access.policy import Level
from dashboard.frame.pages import READ_ONLY, View, current_snapshot, error_details, error_page
from journal.journal import get_journal
from registry.queries import READ_ONLY_PAGES, is_enabled

_SAFE_METHODS = frozenset({"GET", "HEAD"})


def require_level(level: Level) -> Callable[[Callable[..., Any]], View]:
    """Return a decorator restricting a view to callers with a level."""

    def decorate(view: Callable[..., Any]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            rejection = _reject_caller(request, level)
            # Administrators go on: they must be able to switch it off.
            if rejection is None and level is Level.WRITE and is_enabled(READ_ONLY_PAGES):
                rejection = _not_allowed(request, 403, READ_ONLY, READ_ONLY)
            return view(request, *args, **kwargs) if rejection is None else rejection

        # Read by the limits of bodies, before the view is called.
        guarded.level = level  # type: ignore[attr-defined]
        return guarded

    return decorate


public, require_read, require_write, require_admin = map(require_level, Level)


def _reject_caller(request: HttpRequest, level: Level) -> HttpResponse | None:
    """Return None for a caller with the level, else a sign-in redirect or an error page."""
    # A snapshot holds what was deleted since, and roles and switches of another time.
    is_restricted = current_snapshot(request) is not None and level is not Level.NONE
    try:
        get_caller(request).require(Level.ADMIN if is_restricted else level)
    except AccessDenied as error:
        if not error.is_unauthenticated:
            advice = f"{error} An administrator can give it."
            return _not_allowed(request, 403, str(error), advice)
        if request.method not in _SAFE_METHODS:
            return _not_allowed(request, 401, str(error), f"{error} Sign in first.")
        query = QueryDict(mutable=True)
        query["next"] = request.get_full_path()
        return redirect(f"{settings.ANNALS_PREFIX}/ui/login?{query.urlencode(safe='/')}")
    except IdentityUnavailable as error:
        details = error_details(request, 503, str(error))
        return error_page(request, "Nobody can be signed in.", 503, details, state=None)
    return None


def _not_allowed(request: HttpRequest, status: int, reason: str, advice: str) -> HttpResponse:
    details = error_details(request, status, reason)
    return error_page(
        request,
        "Not allowed.",
        status,
        details,
        advice=advice,
        state=get_journal(request).health.state(),
    )
