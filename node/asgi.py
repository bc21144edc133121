"""The web part: HTTP through Django on a pool of threads, WebSockets through Channels.

Any ASGI server can run it; it has no connection that could write.
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

#: Requests handled at a time; a write holds its thread while it waits for its outcome.
_THREADS = 64
_DUMP_PATHS = ("/ui/snapshots/file", "/ui/import", "/apis/registry/v2/admin/import")

del connections.settings["journal"]


LogLevels().follow()
lag_history.start()


def _max_body(path: str) -> int:
    """Allow for a form around the largest content; Django checks the content itself."""
    largest = 2 * settings.ANNALS_LIMIT_CONTENT_BYTES
    return largest + settings.ANNALS_LIMIT_DUMP_BYTES if path.startswith(_DUMP_PATHS) else largest


def _with_access(app: Any) -> Any:
    """Check the caller, or without access control the address of this machine."""
    if settings.ANNALS_ACCESS.is_on:
        return AuthenticationMiddleware(app, settings.ANNALS_ACCESS, authenticator())
    return app if settings.ANNALS_IS_OPEN else LoopbackOnlyMiddleware(app)


def _with_public_url(app: Any) -> Any:
    url = settings.ANNALS_PUBLIC_URL
    return RequestIdMiddleware(app if url is None else PublicUrlMiddleware(app, url))


_http = _with_access(ResponseCache(WSGIBridge(_wsgi, _THREADS, _max_body, settings.ANNALS_PREFIX)))
_per_second = settings.ANNALS_LIMITS.requests_per_second_count
if _per_second != NO_LIMIT:
    _http = RateLimitMiddleware(_http, _per_second)

application = ProtocolTypeRouter({
    "http": _with_public_url(_http),
    "websocket": _with_public_url(_with_access(websocket_application)),
})
