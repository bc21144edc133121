"""The web part: HTTP through Django on a pool of threads, WebSockets through Channels.

No connection to the database allows writes.
"""

from typing import Any

from channels.routing import ProtocolTypeRouter
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections

from access.authentication import Authenticator
from access.middleware import AuthenticationMiddleware
from access.origins import OriginMiddleware
from access.request_ids import RequestIdMiddleware
from api.rate_limit import RateLimitMiddleware
from api.response_cache import ResponseCache
from dashboard.live.routing import websocket_application
from dashboard.state import DASHBOARD, DashboardState
from journal.journal import JOURNAL, Journal
from node.log_levels import LogLevels
from node.web.body_limits import max_body
from node.web.loopback import LoopbackOnlyMiddleware
from node.web.public_url import PublicUrlMiddleware
from node.web.wsgi_bridge import WSGIBridge
from registry.limits import NO_LIMIT


def make_application(journal: Journal, authenticator: Authenticator | None) -> Any:
    """Return the ASGI application of a node, and start the threads of its pages.

    `authenticator` is None if access is off.
    """
    del connections.settings["journal"]
    LogLevels().follow()
    dashboard = DashboardState(journal)
    dashboard.lag_history.start()

    def with_access(app: Any) -> Any:
        """Add authentication or, without access control, the restriction to the loopback."""
        if authenticator is not None:
            access = settings.ANNALS_ACCESS
            return AuthenticationMiddleware(app, access, authenticator, journal.outcomes)
        return app if settings.ANNALS_IS_OPEN else LoopbackOnlyMiddleware(app)

    def with_node(app: Any) -> Any:
        """Add the node's objects to the scope of each request, and an id."""
        url = settings.ANNALS_PUBLIC_URL
        checked = OriginMiddleware(app, url)
        inner = RequestIdMiddleware(checked if url is None else PublicUrlMiddleware(checked, url))

        async def call(scope: Any, receive: Any, send: Any) -> None:
            await inner({**scope, JOURNAL: journal, DASHBOARD: dashboard}, receive, send)

        return call

    wsgi: Any = get_wsgi_application()
    bridge = WSGIBridge(wsgi, max_body, settings.ANNALS_PREFIX)
    http = with_access(ResponseCache(bridge, journal.outcomes))
    requests_per_second = settings.ANNALS_LIMITS.requests_per_second_count
    if requests_per_second != NO_LIMIT:
        http = RateLimitMiddleware(http, requests_per_second)
    return ProtocolTypeRouter({
        "http": with_node(http),
        "websocket": with_node(with_access(websocket_application)),
    })
