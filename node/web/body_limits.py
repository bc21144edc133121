"""How large a request's body may be, by its address and its caller, before any of it is read.

Whether the caller may really write there is checked again, and in full, by the view.
"""

import re
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.urls import Resolver404, resolve

from access.asgi import Scope
from access.middleware import caller_from_scope
from access.policy import Level
from api.problems import BadRequest, EndpointNotFound
from api.urls import apis, resolve_api

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_DUMP_PATHS = ("/ui/snapshots/file", "/ui/import", "/apis/registry/v2/admin/import")
_SNAPSHOT = re.compile(r"/at/[^/]+(?=/)")
_SNAPSHOT_URLS = "node.web.snapshot_urls"
#: Of forms for everybody, such as the one for signing in.
_PUBLIC_BYTES = 64 * 1024


def max_body(scope: Scope) -> int:
    """Return bytes; 0 for an unknown address, or one closed to the caller: no body is read."""
    if scope["method"] in _SAFE:
        return 0
    sent_path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    snapshot = _SNAPSHOT.match(sent_path)
    prefix, urls = (snapshot[0], _SNAPSHOT_URLS) if snapshot else ("", None)
    level = _find_level(sent_path.removeprefix(prefix), scope["method"], urls)
    if snapshot and level:
        # A snapshot holds what was deleted, and role mappings of another time.
        level = Level.ADMIN
    if level is None or not caller_from_scope(scope).may(level):
        return 0
    if level is Level.NONE:
        return _PUBLIC_BYTES
    # Allow for a form around the largest content; Django checks the content itself.
    largest: int = 2 * settings.ANNALS_LIMIT_CONTENT_BYTES
    if scope["path"].startswith(_DUMP_PATHS):
        largest += settings.ANNALS_LIMIT_DUMP_BYTES
    return largest


def _find_level(sent_path: str, method: str, urls: str | None = None) -> Level | None:
    """Return the level needed for a method of an address; None without such a method."""
    try:
        view: Any = resolve(unquote(sent_path), urls).func
        if view is apis:
            view = resolve_api(sent_path).func
    except (Resolver404, EndpointNotFound, BadRequest):
        return None
    resource = getattr(view, "cls", None)
    if resource is None:
        level: Level | None = getattr(view, "level", None)
        return level
    return resource.level(method) if hasattr(resource, method.lower()) else None
