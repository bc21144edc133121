"""Request bodies, read before a thread handles the request: bounded one by one and together."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from access.asgi import Scope

#: Larger bodies wait for a thread in a file.
_MAX_BYTES_IN_MEMORY = 64 * 1024
#: A byte beyond the limit shows Django that the body is too large.
_EXCESS_BYTES = 1


class ClientGone(Exception):
    """The client closed the connection."""


class NoSpace(Exception):
    """Temporary files are at their limit, or the system is out of space (HTTP 503)."""


class SpaceBudget:
    """Bytes of temporary files, shared by all requests."""

    def __init__(self, total: int) -> None:
        self._left = total
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Return whether there was room for `size` bytes."""
        with self._lock:
            if size > self._left:
                return False
            self._left -= size
            return True

    def give_back(self, size: int) -> None:
        with self._lock:
            self._left += size


@dataclass(slots=True)
class RequestBody:
    """A body of `size` bytes; not `is_whole` if the client has sent more, or may."""

    file: IO[bytes]
    size: int = 0
    is_whole: bool = True


class BodyReader:
    """Reads bodies. `max_body` returns the largest one for a request, 0 to refuse it unread."""

    def __init__(self, max_body: Callable[[Scope], int], budget: SpaceBudget) -> None:
        self._max_body = max_body
        self._budget = budget

    @asynccontextmanager
    async def read(self, scope: Scope, receive: Any) -> AsyncIterator[RequestBody]:
        """Yield the body, and delete it afterwards; raises ClientGone, NoSpace."""
        limit = self._max_body(scope) if _has_body(scope) else 0
        file = SpooledTemporaryFile(_MAX_BYTES_IN_MEMORY)  # noqa: SIM115 (closed below)
        body = RequestBody(file, is_whole=limit > 0 or not _has_body(scope))
        try:
            if limit:
                await self._receive(body, limit, receive)
            yield body
        finally:
            self._budget.give_back(body.size)
            # Closing a file writes what is still buffered, for which there may be no space.
            with suppress(OSError):
                file.close()

    async def _receive(self, body: RequestBody, limit: int, receive: Any) -> None:
        is_last = False
        while not is_last:
            event = await receive()
            if event["type"] == "http.disconnect":
                raise ClientGone
            chunk = event.get("body", b"")[: limit + _EXCESS_BYTES - body.size]
            if not self._budget.take(len(chunk)):
                raise NoSpace("all bodies together are as large as they may be")
            body.size += len(chunk)
            body.is_whole = body.size <= limit
            is_last = not (event.get("more_body", False) and body.is_whole)
            try:
                body.file.write(chunk)
                if is_last:
                    body.file.seek(0)
            except OSError as error:
                raise NoSpace(error.strerror) from error


def _has_body(scope: Scope) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in scope["headers"]
    )
