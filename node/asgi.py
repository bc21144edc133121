"""The web part: HTTP through Django on a pool of threads, WebSockets through Channels.

Any ASGI server can run it; it holds no connection that could write.
"""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "node.settings")

_wsgi: Any = get_wsgi_application()

from django.conf import settings  # noqa: E402 - after Django's setup
from django.db import connections  # noqa: E402

from access.authentication import authenticator  # noqa: E402
from access.middleware import AuthenticationMiddleware  # noqa: E402
from access.request_ids import RequestIdMiddleware  # noqa: E402
from api.rate_limit import RateLimitMiddleware  # noqa: E402
from api.response_cache import ResponseCache  # noqa: E402
from dashboard.journal.lag_history import lag_history  # noqa: E402
from dashboard.live.routing import websocket_application  # noqa: E402
from node.log_levels import LogLevels  # noqa: E402
from node.web.loopback import LoopbackOnlyMiddleware  # noqa: E402
from node.web.public_url import PublicUrlMiddleware  # noqa: E402
from node.web.wsgi_bridge import WSGIBridge  # noqa: E402
from registry.limits import NO_LIMIT  # noqa: E402

#: Requests in hand at a time; a write holds its thread while it waits for its outcome.
_THREADS = 64
_TAKE_DUMPS = ("/ui/snapshots/file", "/ui/import", "/apis/registry/v2/admin/import")

del connections.settings["journal"]


LogLevels().follow()
lag_history.start()


def _largest_body(path: str) -> int:
    """A form around a content of the largest size is longer than that; Django tells them apart."""
    if path.startswith(_TAKE_DUMPS):
        return 2 * settings.ANNALS_LIMIT_CONTENT_BYTES + settings.ANNALS_LIMIT_DUMP_BYTES
    return 2 * settings.ANNALS_LIMIT_CONTENT_BYTES


def _http() -> Any:
    bridge = WSGIBridge(_wsgi, _THREADS, _largest_body, settings.ANNALS_PREFIX)
    served = _guarded(ResponseCache(bridge))
    per_second = settings.ANNALS_LIMITS.requests_per_second_count
    return served if per_second == NO_LIMIT else RateLimitMiddleware(served, per_second)


def _guarded(app: Any) -> Any:
    """By who asks, or else by where this node answers."""
    if settings.ANNALS_ACCESS.is_on:
        return AuthenticationMiddleware(app, settings.ANNALS_ACCESS, authenticator())
    return app if settings.ANNALS_IS_OPEN else LoopbackOnlyMiddleware(app)


def _found(app: Any) -> Any:
    url = settings.ANNALS_PUBLIC_URL
    return RequestIdMiddleware(app if url is None else PublicUrlMiddleware(app, url))


application = ProtocolTypeRouter({
    "http": _found(_http()),
    "websocket": _found(_guarded(websocket_application)),
})
