"""Finds out who asks, before anything else is done; what follows finds it in the scope."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from access.authentication import Credentials
from access.caller import EVERYBODY, UNASKED, Asking
from access.configuration import Configuration, Way
from access.errors import CannotAsk, NotProven
from access.journal_policy import Standing, Standings
from access.principals import ANONYMOUS, Principal
from access.sessions import Sessions

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

#: Where the scope has the Asking, and where a coroutine function that finds it out again.
ASKING, ASK_AGAIN = "annals.asking", "annals.ask_again"
#: Waiting for an issuer, or hashing a password, is done by so many threads.
_THREADS = 8
_APIS = "/apis/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Identified:
    """Wraps an ASGI application for HTTP and WebSockets, where access is on."""

    def __init__(self, app: App, configuration: Configuration, credentials: Credentials) -> None:
        self._app = app
        self._configuration = configuration
        self._credentials = credentials
        self._sessions = Sessions(configuration, credentials)
        self._standings = Standings(configuration)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="identity")

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        ask = partial(self._asking, scope)
        scope[ASKING], scope[ASK_AGAIN] = await ask(), ask
        await self._app(scope, receive, send)

    async def _asking(self, scope: Scope) -> Asking:
        standing = self._standings.known() or await self._in_thread(self._standings.look)
        try:
            principal = await self._principal(scope, standing)
        except NotProven as error:
            return Asking(switches=standing.switches, fault=str(error))
        except CannotAsk as error:
            return Asking(switches=standing.switches, unclear=str(error))
        return Asking(standing.with_roles(principal), standing.switches)

    async def _principal(self, scope: Scope, standing: Standing) -> Principal:
        """Raises NotProven, CannotAsk."""
        headers = dict(scope["headers"])
        shown = headers.get(b"authorization")
        if shown is None:
            may_be_signed_in = b"cookie" in headers and _takes_cookies(scope)
            return self._sessions.principal(headers[b"cookie"]) if may_be_signed_in else ANONYMOUS
        is_basic_client = (
            Way.OIDC in self._configuration.ways and standing.switches.basic_client_credentials
        )
        known = self._credentials.remembered(shown, is_basic_client=is_basic_client)
        if known is not None:
            return known
        find_out = partial(self._credentials.principal, is_basic_client=is_basic_client)
        found: Principal = await self._in_thread(find_out, shown)
        return found

    async def _in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)


def _takes_cookies(scope: Scope) -> bool:
    """A browser sends cookies whoever made the page: they are no reason to write through an API."""
    return not scope["path"].startswith(_APIS) or scope.get("method") in _SAFE


def asking_of(scope: Scope) -> Asking:
    """Where nobody asked who it is, that is nobody."""
    found: Asking | None = scope.get(ASKING)
    if found is not None:
        return found
    return UNASKED if settings.ANNALS_ACCESS.is_on else EVERYBODY


def asking(request: HttpRequest) -> Asking:
    """Of a request that Django answers."""
    return asking_of(request.META.get("asgi.scope", {}))
