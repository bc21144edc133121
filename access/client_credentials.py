"""A name and a password as an OAuth 2 client's: exchanged for a token (RFC 6749, section 4.4)."""

from http import HTTPStatus

import requests
from requests.auth import HTTPBasicAuth

from access.errors import CannotAsk, NotProven
from access.issuer import IssuerFacts

_PATIENCE = 5
_REFUSALS = frozenset({
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
})


def token_for(facts: IssuerFacts, name: str, password: str) -> str:
    """The access token; raises NotProven, CannotAsk."""
    try:
        answer = requests.post(
            facts.endpoint("token_endpoint"),
            data={"grant_type": "client_credentials"},
            auth=HTTPBasicAuth(name.encode(), password.encode()),
            timeout=_PATIENCE,
            allow_redirects=False,
        )
        if answer.status_code in _REFUSALS:
            raise NotProven("The issuer gives no token for this name and password.")
        answer.raise_for_status()
        token = answer.json().get("access_token")
    except (requests.RequestException, AttributeError) as error:
        raise CannotAsk(f"The issuer can't be asked: {error}") from error
    if not isinstance(token, str):
        raise CannotAsk("The issuer answered without a token.")
    return token
