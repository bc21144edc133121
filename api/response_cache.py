"""Keeps answers to reads until the journal changes what they say; it stands before Django.

An answer is kept under the revision that held before it was made, so that one which a commit
overtook is never given again.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from access.middleware import caller_from_scope
from access.policy import Level
from journal.outcomes.activity import activity
from journal.outcomes.follower import ensure_following, is_following

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Callable[[], Awaitable[Event]], Send], Awaitable[None]]

#: What all may read who may read at all.
_READS = (
    "/apis/registry/v2/groups",
    "/apis/registry/v2/ids/",
    "/apis/registry/v2/search/",
    "/apis/ccompat/v6/",
    "/apis/ccompat/v7/",
)
#: Below it stand contents by an id: only a mutation changes them, new versions do not.
_BY_ID = "/apis/registry/v2/ids/"
#: Except for what else is told there: a new version may refer, or be what is referred to.
_REFERRING = "/references"
_Key = tuple[bytes, bytes, bytes, bytes, bool]
_LARGEST_ANSWER = 1024 * 1024
_LARGEST_CACHE = 32 * 1024 * 1024
#: Headers of an answer that has no body, as RFC 9110 (15.4.5) has them.
_TOLD_UNCHANGED = (
    *(b"etag", b"cache-control", b"vary", b"content-location", b"date", b"expires"),
    *(b"access-control-allow-origin", b"access-control-expose-headers"),
)
#: What an entry costs besides its body, roughly.
_ENTRY_COST = 1024


@dataclass(frozen=True, slots=True)
class _Answer:
    """`etag` is empty where it has none."""

    revision: int
    start: Event
    body: bytes
    etag: bytes


class AnswerCache:
    """Wraps an ASGI application; uses at most 32 MiB, least recently asked leave first."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._answers: OrderedDict[_Key, _Answer] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        is_kept = _may_be_kept(scope) and caller_from_scope(scope).may(Level.READ)
        if not (is_kept and (is_following() or await _follows_now())):
            await self._app(scope, receive, send)
            return
        revision = activity.mutations if _is_content_by_id(scope) else activity.revision
        key = _key(scope)
        kept = self._answers.get(key)
        if kept is not None and kept.revision == revision:
            self._answers.move_to_end(key)
            if _is_known(scope, kept):
                await _send_unchanged(send, kept)
                return
            await send(kept.start)
            await send({"type": "http.response.body", "body": kept.body})
            return
        await self._app(scope, receive, _Recorder(self, key, revision, send).send)

    def keep(self, key: _Key, answer: _Answer) -> None:
        before = self._answers.pop(key, None)
        self._size += _cost(answer) - (_cost(before) if before is not None else 0)
        self._answers[key] = answer
        while self._size > _LARGEST_CACHE:
            _, oldest = self._answers.popitem(last=False)
            self._size -= _cost(oldest)


class _Recorder:
    """Passes one answer on, and keeps it if it is a success of reasonable size."""

    def __init__(self, cache: AnswerCache, key: _Key, revision: int, send: Send) -> None:
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
            if len(self._body) > _LARGEST_ANSWER:
                self._start = None
            elif not event.get("more_body", False):
                etag = _header(self._start["headers"], b"etag")
                kept = _Answer(self._revision, self._start, self._body, etag)
                self._cache.keep(self._key, kept)
        await self._send(event)


def _key(scope: Scope) -> _Key:
    """All that an answer may depend on; who asks is none of it, once that one may read."""
    headers = dict(scope["headers"])
    asked = (headers.get(b"accept", b""), headers.get(b"origin", b""))
    is_compressed = b"gzip" in headers.get(b"accept-encoding", b"")
    return scope["raw_path"], scope["query_string"], *asked, is_compressed


def _may_be_kept(scope: Scope) -> bool:
    path: str = scope["path"]
    return scope["method"] == "GET" and path.startswith(_READS)


async def _follows_now() -> bool:
    """Without news of the journal nothing may be kept, nor given again."""
    with suppress(DatabaseError):
        await sync_to_async(ensure_following)()
    return is_following()


def _is_content_by_id(scope: Scope) -> bool:
    """As it was stored: a query may ask for the contents that it refers to, too."""
    path = scope["path"].rstrip("/")
    return path.startswith(_BY_ID) and not path.endswith(_REFERRING) and not scope["query_string"]


def _cost(answer: _Answer) -> int:
    return len(answer.body) + _ENTRY_COST


def _is_known(scope: Scope, kept: _Answer) -> bool:
    """Whether the client has the very answer already; a weak comparison (RFC 9110, 13.1.2)."""
    wanted = _header(scope["headers"], b"if-none-match")
    return bool(wanted and kept.etag) and (
        wanted.strip() == b"*"
        or _opaque(kept.etag) in [_opaque(each) for each in wanted.split(b",")]
    )


def _opaque(etag: bytes) -> bytes:
    """A compressed answer's is a weak one."""
    return etag.strip().removeprefix(b"W/")


async def _send_unchanged(send: Send, kept: _Answer) -> None:
    headers = [each for each in kept.start["headers"] if each[0] in _TOLD_UNCHANGED]
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _header(headers: Iterable[tuple[bytes, bytes]], wanted: bytes) -> bytes:
    """Empty where it is missing."""
    return next((value for name, value in headers if name == wanted), b"")
