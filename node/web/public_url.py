"""Where people find this node, be there a proxy before it: scheme, host and path prefix."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import SplitResult

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]


class PublicUrl:
    """Wraps an ASGI application, which sees paths without the prefix.

    Both kinds of proxies are served: those that take the prefix away, and those that leave it.
    """

    def __init__(self, app: App, url: SplitResult) -> None:
        self._app = app
        self._prefix = url.path
        self._raw_prefix = url.path.encode()
        self._host = url.netloc.lower().encode()
        self._is_secure = url.scheme == "https"

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        seen = {**scope}
        if self._is_secure and self._is_addressed(scope):
            seen["scheme"] = "wss" if scope["type"] == "websocket" else "https"
        if self._prefix and f"{scope['path']}/".startswith(f"{self._prefix}/"):
            seen["path"] = scope["path"].removeprefix(self._prefix) or "/"
            raw = scope.get("raw_path") or scope["path"].encode()
            seen["raw_path"] = raw.removeprefix(self._raw_prefix) or b"/"
        await self._app(seen, receive, send)

    def _is_addressed(self, scope: Scope) -> bool:
        """Asked for by its public name: then TLS ended at the proxy."""
        return (b"host", self._host) in [(name, value.lower()) for name, value in scope["headers"]]
