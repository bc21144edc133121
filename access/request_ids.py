"""A name for each request, told in its answer, in errors and in what is logged on its behalf."""

import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from typing import Any

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

_HEADER = b"x-request-id"
#: What a proxy or a client may call it; anything else could garble a log.
_GOOD = re.compile(rb"[A-Za-z0-9._:-]{1,64}").fullmatch
_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Of the request that is answered here and now; empty where none is."""
    return _current.get()


class RequestIds:
    """Wraps an ASGI application; takes the name that `X-Request-Id` brings, or makes one."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        brought = next((value for name, value in scope["headers"] if name == _HEADER), b"")
        named = brought if _GOOD(brought) else secrets.token_hex(8).encode()
        _current.set(named.decode())

        async def tell(event: MutableMapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                event = {**event, "headers": [*event["headers"], (_HEADER, named)]}
            await send(event)

        await self._app(scope, receive, tell)
