"""An id for each request, in its response, its errors and its log lines."""

import re
import secrets
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any

from access.asgi import App, Scope

_HEADER = b"x-request-id"
#: Ids that a proxy or a client may choose; anything else could garble a log.
_VALID = re.compile(rb"[A-Za-z0-9._:-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request in this context; empty outside of a request."""
    return _current.get()


class RequestIdMiddleware:
    """Wraps an ASGI application; takes the id from `X-Request-Id`, or makes one."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        received = next((value for name, value in scope["headers"] if name == _HEADER), b"")
        request_id = received if _VALID.fullmatch(received) else secrets.token_hex(8).encode()
        _current.set(request_id.decode())

        async def send_with_id(event: MutableMapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                event = {**event, "headers": [*event["headers"], (_HEADER, request_id)]}
            await send(event)

        await self._app(scope, receive, send_with_id)
