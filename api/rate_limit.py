"""How many requests the APIs take in a second; it stands before Django, and before what is kept."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

_APIS, _CCOMPAT = "/apis/", "/apis/ccompat/"
_STATUS = 429


class RequestRate:
    """Wraps an ASGI application; answers 429 beyond `per_second` requests in a second.

    Each that is taken leaves room for itself again after a second, spread evenly: a pause lets as
    many come at once, and no more.
    """

    def __init__(
        self, app: App, per_second: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._per_second = per_second
        self._clock = clock
        self._room = float(per_second)
        self._looked = clock()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if not scope["path"].startswith(_APIS) or self._has_room():
            await self._app(scope, receive, send)
            return
        body = orjson.dumps(self._problem(scope["path"]))
        headers = [(b"content-type", b"application/json"), (b"retry-after", b"1")]
        await send({"type": "http.response.start", "status": _STATUS, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _has_room(self) -> bool:
        now = self._clock()
        gained = (now - self._looked) * self._per_second
        self._room = min(self._room + gained, float(self._per_second))
        self._looked = now
        if self._room < 1:
            return False
        self._room -= 1
        return True

    def _problem(self, path: str) -> dict[str, Any]:
        message = f"More than {self._per_second:,} requests in a second. Try again in a second."
        if path.startswith(_CCOMPAT):
            return {"error_code": _STATUS, "message": message}
        name = "TooManyRequestsException"
        detail = f"{name}: {message}"
        return {"error_code": _STATUS, "message": message, "detail": detail, "name": name}
