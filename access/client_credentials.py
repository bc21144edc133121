"""A name and a password as an OAuth 2 client's: exchanged for a token (RFC 6749, section 4.4)."""

from http import HTTPStatus

import requests
from requests.auth import HTTPBasicAuth

from access.errors import AuthenticationFailed, IssuerUnavailable
from access.issuer import IssuerClient

_TIMEOUT_SECONDS = 5
_REJECTIONS = frozenset({
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
})


def exchange_credentials(issuer: IssuerClient, name: str, password: str) -> str:
    """Return an access token; raises AuthenticationFailed, IssuerUnavailable."""
    try:
        response = requests.post(
            issuer.endpoint("token_endpoint"),
            data={"grant_type": "client_credentials"},
            auth=HTTPBasicAuth(name.encode(), password.encode()),
            timeout=_TIMEOUT_SECONDS,
            allow_redirects=False,
        )
        if response.status_code in _REJECTIONS:
            raise AuthenticationFailed("The issuer gives no token for this name and password.")
        response.raise_for_status()
        token = response.json().get("access_token")
    except (requests.RequestException, AttributeError) as error:
        raise IssuerUnavailable(f"The issuer can't be asked: {error}") from error
    if not isinstance(token, str):
        raise IssuerUnavailable("The issuer answered without a token.")
    return token
