"""Signing in and out: with a password, or at the OpenID Connect issuer."""

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
from access.authentication import basic_authorization
from access.configuration import AuthMethod
from access.connections import connection_of
from access.errors import AuthenticationFailed, CredentialsUnchecked, IssuerUnavailable
from access.middleware import DELAY, get_authenticator
from access.principals import Principal
from access.token_claims import InvalidUsername, to_principal
from access.users_file import WRONG_PASSWORD
from dashboard.frame.pages import error_details, error_page, render_page
from registry.waiting import wait_for

_NEXT = "next"
#: What Authlib raises for JSON, numbers and claims of a form that it does not expect.
_UNREADABLE = (ArithmeticError, LookupError, TypeError, ValueError, RecursionError)


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Show the form, or sign in with a password; redirects to `next` afterwards."""
    access = settings.ANNALS_ACCESS
    if not access.is_on:
        return redirect("artifacts")
    context: dict[str, Any] = {
        "takes_password": AuthMethod.BASIC in access.methods,
        "issuer": urlsplit(access.login_issuer.url).netloc if access.login_issuer else "",
        "next": _next(request),
        "name": request.POST.get("name", ""),
    }
    if request.method != "POST" or get_authenticator(request).users is None:
        return render_page(request, "login", context)
    try:
        principal = _check_password(request)
    except (AuthenticationFailed, CredentialsUnchecked) as error:
        # The middleware holds back the answer, without this thread.
        request.META["asgi.scope"][DELAY] = error.delay_s
        is_wrong = isinstance(error, AuthenticationFailed)
        context["wrong"] = WRONG_PASSWORD if is_wrong else str(error)
        return render_page(request, "login", context, 401 if is_wrong else 503)
    sessions.store_principal(request.session, principal, AuthMethod.BASIC)
    return redirect(context["next"])


def _check_password(request: HttpRequest) -> Principal:
    """Raises AuthenticationFailed, CredentialsUnchecked."""
    name, password = request.POST.get("name", ""), request.POST.get("password", "")
    authorization = basic_authorization(name, password)
    authenticator = get_authenticator(request)
    principal = authenticator.cached(authorization, allows_clients=False)
    if principal is None:
        connection = connection_of(request.META["asgi.scope"])
        checked = authenticator.begin(authorization, connection, allows_clients=False)
        wait_for(checked)
        principal = checked.result()
    return principal


@require_safe
def redirect_to_issuer(request: HttpRequest) -> HttpResponse:
    """Begin the authorization code flow with PKCE (RFC 7636), state and nonce."""
    if settings.ANNALS_ACCESS.login_issuer is None:
        raise Http404("Nobody signs in at an issuer here.")
    request.session[_NEXT] = _next(request)
    back = request.build_absolute_uri(reverse("login-return"))
    try:
        # There is an issuer where there is a login with one.
        get_authenticator(request).issuer.endpoint("authorization_endpoint")  # type: ignore[union-attr]
    except IssuerUnavailable as error:
        return _sign_in_error(request, 503, str(error))
    answer: HttpResponse = get_authenticator(request).login_client.authorize_redirect(request, back)
    return answer


@never_cache
@require_safe
def issuer_callback(request: HttpRequest) -> HttpResponse:
    """Exchange the code in the issuer's redirect for the user's claims, and sign in."""
    from authlib.common.errors import AuthlibBaseError
    from joserfc.errors import JoseError
    from requests import RequestException  # noqa: TID251 (Authlib asks the issuer by itself)

    if settings.ANNALS_ACCESS.login_issuer is None:
        raise Http404("Nobody signs in at an issuer here.")
    next_page = request.session.pop(_NEXT, reverse("artifacts"))
    try:
        token = get_authenticator(request).login_client.authorize_access_token(request)
        # Roles may be in the access token alone, if it is one that this node takes.
        try:
            access_claims = dict(
                get_authenticator(request).validate_token(token.get("access_token", ""))
            )
        except AuthenticationFailed:
            access_claims = {}
        claims = access_claims | dict(token.get("userinfo") or {})
        principal = to_principal(claims, settings.ANNALS_ACCESS)
    except (AuthlibBaseError, JoseError, InvalidUsername, AuthenticationFailed) as error:
        return _sign_in_error(request, 400, str(error))
    except (IssuerUnavailable, RequestException) as error:
        return _sign_in_error(request, 503, str(error))
    except _UNREADABLE as error:
        return _sign_in_error(request, 503, f"The issuer's answer can't be read: {error}")
    sessions.store_principal(request.session, principal, AuthMethod.OIDC)
    return redirect(next_page)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of this registry, not of the issuer."""
    request.session.flush()
    return redirect("login" if settings.ANNALS_ACCESS.is_on else "artifacts")


def _sign_in_error(request: HttpRequest, status: int, reason: str) -> HttpResponse:
    details = error_details(request, status, reason)
    return error_page(
        request, "You were not signed in.", status, details, reason=reason, state=None
    )


def _next(request: HttpRequest) -> str:
    """Return the address for the redirect after signing in, limited to this host."""
    address = request.POST.get(_NEXT) or request.GET.get(_NEXT, "")
    is_ours = url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
    return address if address and is_ours else reverse("artifacts")
