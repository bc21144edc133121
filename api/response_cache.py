"""A cache of responses to reads, in front of Django, valid until the journal changes.

Clients repeatedly request the same schemas. A response is stored under the revision current before
it was made, so a response overtaken by a commit is never served again.
"""

from collections import OrderedDict
from collections.abc import MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from access.asgi import App, Scope, Send, header
from access.middleware import caller_from_scope
from access.policy import Level
from journal.outcomes.outcomes import Outcomes

Event = MutableMapping[str, Any]

#: Reads that give every caller with the level READ the same response.
_CACHED_PATHS = (
    "/apis/registry/v2/groups",
    "/apis/registry/v2/ids/",
    "/apis/registry/v2/search/",
    "/apis/ccompat/v6/",
    "/apis/ccompat/v7/",
)
#: Contents by an id: new versions don't change them, only mutations do.
_BY_ID = "/apis/registry/v2/ids/"
#: Except for references, since a new version may refer, or be referred to.
_REFERENCES = "/references"
_Key = tuple[bytes, bytes, tuple[bytes, ...]]
_MAX_BODY_BYTES = 1024 * 1024
_MAX_CACHE_BYTES = 32 * 1024 * 1024
#: Headers of a response 304, as RFC 9110 (15.4.5) lists them.
_HEADERS_OF_304 = (
    *(b"etag", b"cache-control", b"vary", b"content-location", b"date", b"expires"),
    *(b"access-control-allow-origin", b"access-control-expose-headers"),
)
#: What an entry costs besides its body and what the client sent, roughly.
_ENTRY_BYTES = 1024


@dataclass(frozen=True, slots=True)
class _CachedResponse:
    """A stored response; `etag` is empty without one.

    `key_bytes` is the length of what the client sent: of the query, almost all of 64 KB.
    """

    revision: int
    start: Event
    body: bytes
    etag: bytes
    key_bytes: int

    @property
    def size(self) -> int:
        return len(self.body) + self.key_bytes + _ENTRY_BYTES

    def is_known_to(self, scope: Scope) -> bool:
        """Compare weakly with If-None-Match (RFC 9110, 13.1.2); a compressed body's is weak."""
        condition = header(scope, b"if-none-match")
        if not condition or not self.etag:
            return False
        tags = [tag.strip().removeprefix(b"W/") for tag in condition.split(b",")]
        return condition.strip() == b"*" or self.etag.strip().removeprefix(b"W/") in tags


class ResponseCache:
    """Wraps an ASGI application; uses at most 32 MiB and evicts the least recently used."""

    def __init__(self, app: App, outcomes: Outcomes) -> None:
        self._app = app
        self._outcomes = outcomes
        self._responses: OrderedDict[_Key, _CachedResponse] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        path: str = scope["path"]
        is_cached = (
            scope["method"] == "GET"
            and path.startswith(_CACHED_PATHS)
            and caller_from_scope(scope).may(Level.READ)
            and await self._is_notified()
        )
        if not is_cached:
            await self._app(scope, receive, send)
            return
        is_content_by_id = (
            path.startswith(_BY_ID)
            and not path.rstrip("/").endswith(_REFERENCES)
            # A query may ask to put referenced contents into it, and those may be deleted.
            and not scope["query_string"]
        )
        activity = self._outcomes.activity
        revision = activity.mutations if is_content_by_id else activity.revision
        key = _cache_key(scope)
        cached = self._responses.get(key)
        if cached is None or cached.revision != revision:
            await self._app(scope, receive, _Recorder(self, key, revision, send).send)
            return
        self._responses.move_to_end(key)
        if not cached.is_known_to(scope):
            await send(cached.start)
            await send({"type": "http.response.body", "body": cached.body})
            return
        headers = [pair for pair in cached.start["headers"] if pair[0] in _HEADERS_OF_304]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _is_notified(self) -> bool:
        """Return whether this process is notified of commits; if not, responses may be outdated."""
        follower = self._outcomes.follower
        if not follower.is_following:
            with suppress(DatabaseError):
                await sync_to_async(follower.ensure_following)()
        return follower.is_following

    def store(self, key: _Key, response: _CachedResponse) -> None:
        previous = self._responses.pop(key, None)
        self._size += response.size - (previous.size if previous is not None else 0)
        self._responses[key] = response
        while self._size > _MAX_CACHE_BYTES:
            _, oldest = self._responses.popitem(last=False)
            self._size -= oldest.size


class _Recorder:
    """Passes a response on, and stores a successful one of limited size."""

    def __init__(self, cache: ResponseCache, key: _Key, revision: int, send: Send) -> None:
        self._cache = cache
        self._key = key
        self._revision = revision
        self._send = send
        self._start: Event | None = None
        self._body = b""

    async def send(self, event: Event) -> None:
        if event["type"] == "http.response.start":
            self._start = event if event["status"] == 200 else None
        elif self._start is not None:
            self._body += event.get("body", b"")
            if len(self._body) > _MAX_BODY_BYTES:
                self._start = None
            elif not event.get("more_body", False):
                etag = header(self._start, b"etag")
                path, query, headers = self._key
                key_bytes = len(path) + len(query) + sum(map(len, headers))
                response = _CachedResponse(self._revision, self._start, self._body, etag, key_bytes)
                self._cache.store(self._key, response)
        await self._send(event)


def _cache_key(scope: Scope) -> _Key:
    """Return all inputs of a response; callers with read access share one entry."""
    headers = tuple(header(scope, name) for name in (b"accept", b"accept-encoding", b"origin"))
    return scope["raw_path"], scope["query_string"], headers
