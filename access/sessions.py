"""Sessions of people signed in on the pages, in cookies signed by this node.

Pages are served by any of several web processes, and none of them writes a table, so there is no
session store. A stolen cookie is good until it expires; ANNALS_SESSION_HOURS shortens that. A name
removed from the users file loses its session at once.
"""

from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore

from access.authentication import Authenticator
from access.configuration import AccessConfiguration, AuthMethod
from access.principals import ANONYMOUS, Principal
from registry.roles import RoleType

_KEY = "who"


def store_principal(session: Any, principal: Principal, method: AuthMethod) -> None:
    """Store a principal in the session, with the method of its authentication."""
    session[_KEY] = {
        "name": principal.name,
        "display": principal.display_name,
        "roles": sorted(principal.roles),
        "overridden": principal.is_overridden,
        "way": method.value,
    }


class Sessions:
    """Reads the cookie of the session before Django does."""

    def __init__(self, configuration: AccessConfiguration, authenticator: Authenticator) -> None:
        self._configuration = configuration
        self._authenticator = authenticator

    def get(self, cookies: bytes) -> Principal:
        """Return the principal of a Cookie header; ANONYMOUS without a valid session."""
        try:
            morsel = SimpleCookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
        except CookieError:
            return ANONYMOUS
        if morsel is None or not morsel.value:
            return ANONYMOUS
        session = SessionStore(morsel.value).load().get(_KEY)
        if not session or session["way"] not in self._configuration.methods:
            return ANONYMOUS
        if session["way"] == AuthMethod.BASIC:
            users = self._authenticator.users
            return users.find(session["name"]) if users is not None else ANONYMOUS
        roles = frozenset(RoleType(role) for role in session["roles"])
        return Principal(session["name"], roles, session["overridden"], session["display"])
