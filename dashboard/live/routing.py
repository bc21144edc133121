"""The addresses of the sockets; a page of another site is refused by its Origin."""

from typing import Any

from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import path

from dashboard.live.consumers import JournalConsumer, StateConsumer

websocket_urlpatterns: list[Any] = [
    path("ui/ws/journal", JournalConsumer.as_asgi()),
    path("ui/ws/state", StateConsumer.as_asgi()),
]
websocket_application = AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns))
