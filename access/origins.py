"""Hosts and origins: the names of a node, and the sites whose pages may write to it.

A browser sends the requests of any page with its user's cookies and from its user's network, with
the origin of the page in a header. Programs send no such header.
"""

from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

from access.asgi import App, Scope, header, refuse
from access.caller import AccessDenied

#: Scheme, host and port (RFC 6454, section 4).
_Origin = tuple[str, str, int]

#: Key in the scope: whether a page of a foreign origin has a browser send the request.
_IS_FOREIGN = "annals.is_foreign"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Forms of pages carry Django's CSRF token, and its middleware checks their origin.
_PAGES = "/ui/"
_APIS = "/apis/"
_PORTS = {"http": 80, "https": 443}
_SCHEMES = {"ws": "http", "wss": "https"}
#: Values of Sec-Fetch-Site for requests of this node's own pages, or of none.
_OWN_SITES = frozenset({b"", b"same-origin", b"none"})
_FOREIGN = (
    "The page {} may not write here: it is of another origin. ANNALS_CORS_ORIGINS lists those "
    "that may use the APIs."
)


class OriginMiddleware:
    """Wraps an ASGI application for HTTP and WebSockets.

    A request under a foreign Host is 400; a write, or a WebSocket, of a foreign page is 403.
    """

    def __init__(self, app: App, public_url: SplitResult | None) -> None:
        self._app = app
        self._public = None if public_url is None else _parse(public_url.geturl())

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        server = scope.get("server") or ("localhost", None)
        host = header(scope, b"host").decode("latin-1")
        is_sent = any(name == b"host" for name, _ in scope["headers"])
        # HTTP/1.0 has no Host, and HTTP/1.1 always one (RFC 9112, section 3.2).
        if not is_sent and scope.get("http_version") != "1.1":
            host = str(server[0])
        domain, _ = split_domain_port(host)
        if not (domain and validate_host(domain, settings.ALLOWED_HOSTS)):
            message = (
                f"This node does not answer under the name {domain or host!r}: "
                "ANNALS_ALLOWED_HOSTS lists its names."
            )
            await refuse(scope, send, 400, "BadRequestException", message)
            return
        scope[_IS_FOREIGN] = self._is_foreign(scope, host)
        is_socket = scope["type"] == "websocket"
        is_write = scope.get("method") not in _SAFE and not scope["path"].startswith(_PAGES)
        if scope[_IS_FOREIGN] and (is_socket or is_write):
            message = _describe_foreign(header(scope, b"origin").decode("latin-1"))
            await refuse(scope, send, 403, "ForbiddenException", message)
            return
        await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope, host: str) -> bool:
        text = header(scope, b"origin").decode("latin-1")
        if not text:
            # A browser sends no Origin with a GET for an image, a script or a link.
            return header(scope, b"sec-fetch-site") not in _OWN_SITES
        origin = _parse(text)
        scheme = scope.get("scheme", "http")
        own = _parse(f"{_SCHEMES.get(scheme, scheme)}://{host}")
        if origin is not None and origin in {own, self._public}:
            return False
        has_cors = scope["type"] == "http" and scope["path"].startswith(_APIS)
        if not has_cors:
            return True
        allowed = {_parse(origin) for origin in settings.CORS_ALLOWED_ORIGINS}
        return not settings.CORS_ALLOW_ALL_ORIGINS and (origin is None or origin not in allowed)


def require_own_page(request: HttpRequest) -> None:
    """Raise AccessDenied for a writing GET asked for by a page of a foreign origin."""
    if request.META.get("asgi.scope", {}).get(_IS_FOREIGN, False):
        message = _describe_foreign(request.headers.get("Origin", ""))
        raise AccessDenied(message, is_unauthenticated=False)


def _describe_foreign(origin: str) -> str:
    return _FOREIGN.format(repr(origin[:200]) if origin else "that asks for this")


def _parse(text: str) -> _Origin | None:
    """Return None for "null" and for an invalid origin."""
    try:
        url = urlsplit(text)
        port = url.port
    except ValueError:
        return None
    if url.scheme not in _PORTS or not url.hostname:
        return None
    return url.scheme, url.hostname, _PORTS[url.scheme] if port is None else port
