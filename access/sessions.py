"""Who signed in on the pages, kept in a cookie that this node signed."""

from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.signed_cookies import SessionStore

from access.authentication import Credentials
from access.configuration import Configuration, Way
from access.principals import ANONYMOUS, Principal
from registry.roles import RoleType

_KEY = "who"


def remember(session: Any, principal: Principal, way: Way) -> None:
    session[_KEY] = {
        "name": principal.name,
        "display": principal.display_name,
        "roles": sorted(principal.roles),
        "overridden": principal.is_overridden,
        "way": way.value,
    }


class Sessions:
    def __init__(self, configuration: Configuration, credentials: Credentials) -> None:
        self._configuration = configuration
        self._credentials = credentials

    def principal(self, cookies: bytes) -> Principal:
        """ANONYMOUS where nobody is signed in, or not any more."""
        value = _cookie(cookies, settings.SESSION_COOKIE_NAME)
        found = SessionStore(value).load().get(_KEY) if value else None
        if not found or found["way"] not in self._configuration.ways:
            return ANONYMOUS
        if found["way"] == Way.BASIC:
            users = self._credentials.users
            return users.present(found["name"]) if users is not None else ANONYMOUS
        roles = frozenset(RoleType(each) for each in found["roles"])
        return Principal(found["name"], roles, found["overridden"], found["display"])


def _cookie(header: bytes, name: str) -> str:
    try:
        found = SimpleCookie(header.decode("latin-1")).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""
