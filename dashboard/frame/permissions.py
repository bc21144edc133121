"""Who may open which page: each address names its level, in dashboard.urls."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect

from access.caller import AccessDenied, IdentityUnavailable
from access.middleware import get_caller
from access.policy import Level
from dashboard.frame.pages import READ_ONLY, View, error_details, error_page, snapshot_of
from journal.health.node_state import node_state
from registry.queries import READ_ONLY_PAGES, is_set

_SAFE = frozenset({"GET", "HEAD"})


def _needs(level: Level) -> Callable[[Callable[..., Any]], View]:
    """Of a view one for those who may; others are told to sign in, or that they may not."""

    def guard(view: Callable[..., Any]) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            refusal = _refusal(request, level) or _read_only(request, level)
            return view(request, *args, **kwargs) if refusal is None else refusal

        answer.level = level  # type: ignore[attr-defined]
        return answer

    return guard


anybody, readers, writers, administrators = map(_needs, Level)


def _refusal(request: HttpRequest, level: Level) -> HttpResponse | None:
    """What stood on the journal before, as a snapshot has it, is for administrators alone."""
    needed = level if snapshot_of(request) is None or level is Level.NONE else Level.ADMIN
    try:
        get_caller(request).require(needed)
    except AccessDenied as error:
        is_to_sign_in = error.is_unauthenticated and request.method in _SAFE
        return _to_login(request) if is_to_sign_in else _refused(request, error)
    except IdentityUnavailable as error:
        details = error_details(request, 503, str(error))
        return error_page(request, "Nobody can be signed in.", 503, details, state=None)
    return None


def _read_only(request: HttpRequest, level: Level) -> HttpResponse | None:
    """Administrators go on: they must be able to switch it off."""
    if level is not Level.WRITE or not is_set(READ_ONLY_PAGES):
        return None
    details = error_details(request, 403, READ_ONLY)
    return error_page(request, "Not allowed.", 403, details, advice=READ_ONLY, state=node_state())


def _to_login(request: HttpRequest) -> HttpResponse:
    query = QueryDict(mutable=True)
    query["next"] = request.get_full_path()
    return redirect(f"{settings.ANNALS_PREFIX}/ui/login?{query.urlencode(safe='/')}")


def _refused(request: HttpRequest, error: AccessDenied) -> HttpResponse:
    status = 401 if error.is_unauthenticated else 403
    details = error_details(request, status, str(error))
    remedy = "Sign in first." if error.is_unauthenticated else "An administrator can give it."
    advice = f"{error} {remedy}"
    return error_page(request, "Not allowed.", status, details, advice=advice, state=node_state())
