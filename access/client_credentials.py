"""Exchanges the name and password of an OAuth 2 client for a token (RFC 6749, section 4.4)."""

from http import HTTPStatus

import orjson

from access.errors import AuthenticationFailed, IssuerUnavailable
from access.issuer import LIMITS, IssuerClient
from journal.remote import http

_REJECTIONS = frozenset({
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
})


def exchange_credentials(issuer: IssuerClient, name: str, password: str) -> str:
    """Return an access token; raises AuthenticationFailed, IssuerUnavailable."""
    url = issuer.endpoint("token_endpoint")
    auth = (name.encode(), password.encode())
    form = {"grant_type": "client_credentials"}
    try:
        body = http.post_form(url, form, LIMITS, auth=auth, through_proxy=True)
        token = orjson.loads(body).get("access_token")
    except (http.RemoteError, ValueError, AttributeError) as error:
        if isinstance(error, http.HttpStatusError) and error.status in _REJECTIONS:
            message = "The issuer gives no token for this name and password."
            raise AuthenticationFailed(message) from error
        raise IssuerUnavailable(f"The issuer can't be asked: {url}: {error}") from error
    if not isinstance(token, str):
        raise IssuerUnavailable("The issuer answered without a token.")
    return token
