"""The public URL of this node behind a proxy: scheme, host and path prefix."""

from typing import Any
from urllib.parse import SplitResult

from access.asgi import App, Scope


class PublicUrlMiddleware:
    """Wraps an ASGI application and removes the prefix, unless removed by the proxy."""

    def __init__(self, app: App, url: SplitResult) -> None:
        self._app = app
        self._prefix = url.path
        self._raw_prefix = url.path.encode()
        self._host = url.netloc.lower().encode()
        self._is_secure = url.scheme == "https"

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        rewritten = {**scope}
        headers = [(name, value.lower()) for name, value in scope["headers"]]
        # A request for the public name came by the proxy, which ended TLS.
        if self._is_secure and (b"host", self._host) in headers:
            rewritten["scheme"] = "wss" if scope["type"] == "websocket" else "https"
        if self._prefix and f"{scope['path']}/".startswith(f"{self._prefix}/"):
            rewritten["path"] = scope["path"].removeprefix(self._prefix) or "/"
            raw = scope.get("raw_path") or scope["path"].encode()
            rewritten["raw_path"] = raw.removeprefix(self._raw_prefix) or b"/"
        await self._app(rewritten, receive, send)
