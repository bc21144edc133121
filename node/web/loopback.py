"""Restricts a node without access control to the loopback, under any server.

So `make run` just works, and its open access can't be carried elsewhere by accident: `serve` does
not bind another address, and under any other server a request from beyond gets 403.
"""

from ipaddress import ip_address
from typing import Any

from access.asgi import App, Scope, refuse

LOOPBACK_ONLY = (
    "Nobody is asked who they are here (ANNALS_ACCESS is not set), so this node answers on the "
    "loopback only. Set ANNALS_ACCESS to basic or oidc, or to open where that is meant."
)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class LoopbackOnlyMiddleware:
    """Wraps an ASGI application; responds with 403 at any other address of this machine."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        server = scope.get("server")
        # A socket in the file system has a path in place of a host, and no port.
        if server is None or server[1] is None or is_loopback(server[0]):
            await self._app(scope, receive, send)
        else:
            await refuse(scope, send, 403, "ForbiddenException", LOOPBACK_ONLY)
