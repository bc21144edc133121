"""The addresses of the sockets."""

import logging
from typing import Any, cast

from channels.routing import URLRouter
from django.urls import path, re_path

from access.asgi import Scope, Send, refuse
from dashboard.live.consumers import JournalConsumer, StateConsumer

_log = logging.getLogger(__name__)


async def refuse_unknown(scope: Scope, receive: Any, send: Send) -> None:
    """Answer 404 to the handshake of a WebSocket at an unknown address."""
    address = scope["path"][:200]
    _log.warning("no WebSocket is served at %r", address)
    message = f"No WebSocket is served at {address}."
    await refuse(scope, send, 404, "NotFoundException", message)


websocket_urlpatterns: list[Any] = [
    path("ui/ws/journal", JournalConsumer.as_asgi()),
    path("ui/ws/state", StateConsumer.as_asgi()),
]
websocket_application = URLRouter([*websocket_urlpatterns, re_path("", cast(Any, refuse_unknown))])
