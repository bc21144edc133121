"""Signing in and out: by a name and a password, or at the OpenID Connect issuer."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import sessions
from access.authentication import authenticator
from access.configuration import AuthMethod
from access.errors import AuthenticationFailed, IssuerUnavailable
from access.token_claims import MissingUsername, to_principal
from dashboard.frame.pages import error_details, error_page, render_page

_NEXT = "next"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """`next` in the address is where it goes on."""
    access = settings.ANNALS_ACCESS
    if not access.is_on:
        return redirect("artifacts")
    context: dict[str, Any] = {
        "takes_password": AuthMethod.BASIC in access.methods,
        "issuer": urlsplit(access.login_issuer.url).netloc if access.login_issuer else "",
        "next": _next(request),
        "name": request.POST.get("name", ""),
    }
    users = authenticator().users
    if request.method != "POST" or users is None:
        return render_page(request, "login", context)
    users.reload_if_changed()
    try:
        principal = users.verify(context["name"], request.POST.get("password", ""))
    except AuthenticationFailed as error:
        return render_page(request, "login", {**context, "wrong": str(error)}, 401)
    sessions.store_principal(request.session, principal, AuthMethod.BASIC)
    return redirect(context["next"])


@require_safe
def at_issuer(request: HttpRequest) -> HttpResponse:
    """Sends the browser there: authorization code flow with PKCE (RFC 7636), state and nonce."""
    if settings.ANNALS_ACCESS.login_issuer is None:
        raise Http404("Nobody signs in at an issuer here.")
    request.session[_NEXT] = _next(request)
    back = request.build_absolute_uri(reverse("login-return"))
    try:
        authenticator().issuer.endpoint("authorization_endpoint")  # type: ignore[union-attr]
    except IssuerUnavailable as error:
        return _failed(request, 503, str(error))
    answer: HttpResponse = _client().authorize_redirect(request, back)
    return answer


@never_cache
@require_safe
def returned(request: HttpRequest) -> HttpResponse:
    """Back from the issuer, with a code that is exchanged for what it says of who that is."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException

    if settings.ANNALS_ACCESS.login_issuer is None:
        raise Http404("Nobody signs in at an issuer here.")
    go_on = request.session.pop(_NEXT, reverse("artifacts"))
    try:
        told = _client().authorize_access_token(request)
        principal = to_principal(_claims(told), settings.ANNALS_ACCESS)
    except (AuthlibBaseError, JoseError, MissingUsername, AuthenticationFailed) as error:
        return _failed(request, 400, str(error))
    except (IssuerUnavailable, RequestException) as error:
        return _failed(request, 503, str(error))
    sessions.store_principal(request.session, principal, AuthMethod.OIDC)
    return redirect(go_on)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Of this registry; whoever signed in at an issuer is still signed in there."""
    request.session.flush()
    return redirect("login" if settings.ANNALS_ACCESS.is_on else "artifacts")


def _claims(told: dict[str, Any]) -> dict[str, Any]:
    """Of the ID token, and where the access token is one that this node takes, its roles."""
    try:
        beside = dict(authenticator().validate_token(told.get("access_token", "")))
    except AuthenticationFailed:
        beside = {}
    return beside | dict(told.get("userinfo") or {})


@cache
def _client() -> Any:
    # Loaded where somebody signs in.
    from authlib.integrations.django_client import OAuth

    issuer = settings.ANNALS_ACCESS.login_issuer
    assert issuer is not None
    return OAuth().register(
        "issuer",
        client_id=issuer.client_id,
        client_secret=issuer.client_secret or None,
        server_metadata_url=f"{issuer.url.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": 5,
        },
    )


def _failed(request: HttpRequest, status: int, why: str) -> HttpResponse:
    details = error_details(request, status, why)
    return error_page(request, "You were not signed in.", status, details, reason=why, state=None)


def _next(request: HttpRequest) -> str:
    """Only to a page of this host."""
    wanted = request.POST.get(_NEXT) or request.GET.get(_NEXT, "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, {request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_ours else reverse("artifacts")
