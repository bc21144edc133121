"""Signing in at an issuer that is away: 503, and nobody is signed in."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pytest_django import Settings

from access.authentication import Authenticator
from access.configuration import AccessConfiguration, AuthMethod
from access.configuration import Issuer as Known
from access.middleware import AUTHENTICATOR
from tests.issuer import AUDIENCE, PAGES, SECRET, Issuer
from tests.own_node import Client, scope

pytestmark = pytest.mark.usefixtures("sqlite_database")


def visitor(configuration: AccessConfiguration) -> Client:
    """A browser at a node that has not asked its issuer yet."""
    defaults: dict[str, Any] = {
        "asgi.scope": {**scope(), AUTHENTICATOR: Authenticator(configuration)}
    }
    return Client(**defaults)


@pytest.fixture
def configuration(issuer: Issuer, settings: Settings) -> AccessConfiguration:
    known = Known(url=issuer.url, audience=AUDIENCE, client_id=PAGES, client_secret=SECRET)
    found = AccessConfiguration(methods=frozenset({AuthMethod.OIDC}), issuer=known)
    settings.ANNALS_ACCESS = found
    return found


def test_nobody_is_sent_to_an_issuer_that_is_away(
    issuer: Issuer, configuration: AccessConfiguration
) -> None:
    issuer.stop()
    answer = visitor(configuration).get("/ui/login/issuer")
    assert answer.status_code == 503
    assert "The issuer can&#x27;t be asked" in answer.content.decode()


@pytest.mark.parametrize("is_known", [True, False])
def test_nobody_is_signed_in_while_the_issuer_is_away(
    issuer: Issuer, configuration: AccessConfiguration, is_known: bool
) -> None:
    """Its endpoints may be known to this process, or not yet: another one redirected there."""
    client = visitor(configuration)
    sent = client.get("/ui/login/issuer?next=/ui/journal")
    assert sent.status_code == 302
    state = parse_qs(urlsplit(sent["Location"]).query)["state"][0]
    issuer.stop()
    if not is_known:
        cookies, client = client.cookies, visitor(configuration)
        client.cookies = cookies
    answer = client.get("/ui/login/return", {"state": state, "code": "any"})
    assert answer.status_code == 503
    assert "You were not signed in." in answer.content.decode()
    assert "who" not in client.session
