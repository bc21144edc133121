"""A limit on API requests per second, ahead of Django and the response cache."""

import time
from collections.abc import Callable
from typing import Any

from access.asgi import App, Scope, refuse

_APIS = "/apis/"


class RateLimitMiddleware:
    """Wraps an ASGI application; responds with 429 beyond `per_second` requests per second.

    A token bucket with an even refill: after a pause at most one second's worth may come at once.
    """

    def __init__(
        self, app: App, per_second: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._app = app
        self._per_second = per_second
        self._clock = clock
        self._tokens = float(per_second)
        self._refilled_at = clock()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        path: str = scope["path"]
        if not path.startswith(_APIS) or self._take_token():
            await self._app(scope, receive, send)
            return
        message = f"More than {self._per_second:,} requests in a second. Try again in a second."
        retry = [(b"retry-after", b"1")]
        await refuse(scope, send, 429, "TooManyRequestsException", message, retry)

    def _take_token(self) -> bool:
        now = self._clock()
        refill = (now - self._refilled_at) * self._per_second
        self._tokens = min(self._tokens + refill, float(self._per_second))
        self._refilled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
