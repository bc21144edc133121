"""A response that a thread writes to a file, and the event loop reads as its client takes it."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator
from tempfile import TemporaryFile

from node.web.request_bodies import NoSpace, SpaceBudget

_READ_BYTES = 256 * 1024


class SpoolClosed(Exception):
    """Nobody reads the response any more."""


class ResponseSpool:
    """Holds the `beginning` at first; raises NoSpace if there is none for it.

    `write` and `finish` are called by one thread, `read` and `close` on the event loop.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, budget: SpaceBudget, beginning: bytes
    ) -> None:
        self._loop = loop
        self._budget = budget
        self._lock = threading.Lock()
        try:
            # Closed by the last to use it.
            self._file = TemporaryFile(buffering=0)  # noqa: SIM115 (closed by `close`)
        except OSError as error:
            raise NoSpace(error.strerror) from error
        self._has_news = asyncio.Event()
        self._written = self._taken = 0
        self._is_finished = False
        self._is_closed = False
        #: Whether the whole response was written.
        self.is_whole = False
        try:
            self.write(beginning)
        except NoSpace:
            self._is_finished = True
            self.close()
            raise

    def write(self, chunk: bytes) -> None:
        """Append a piece; raises SpoolClosed, NoSpace."""
        if self._is_closed:
            raise SpoolClosed
        if not self._budget.take(len(chunk)):
            raise NoSpace("all responses together are as large as they may be")
        self._taken += len(chunk)
        view = memoryview(chunk)
        try:
            while view:
                count = os.pwrite(self._file.fileno(), view, self._written)
                self._written += count
                view = view[count:]
        except OSError as error:
            raise NoSpace(error.strerror) from error
        self._loop.call_soon_threadsafe(self._has_news.set)

    def finish(self, is_whole: bool) -> None:
        """End the response, whole or not."""
        with self._lock:
            self.is_whole = is_whole
            self._is_finished = True
            self._delete_if_unused()
        self._loop.call_soon_threadsafe(self._has_news.set)

    async def read(self) -> AsyncIterator[bytes]:
        """Yield pieces until the response is finished, whole or not."""
        position = 0
        while True:
            self._has_news.clear()
            is_finished = self._is_finished
            while position < self._written:
                size = min(_READ_BYTES, self._written - position)
                chunk = os.pread(self._file.fileno(), size, position)
                position += len(chunk)
                yield chunk
            if is_finished:
                return
            await self._has_news.wait()

    def close(self) -> None:
        """End the reading; a writing thread gets SpoolClosed."""
        with self._lock:
            self._is_closed = True
            self._delete_if_unused()

    def _delete_if_unused(self) -> None:
        if self._is_finished and self._is_closed:
            self._file.close()
            self._budget.give_back(self._taken)
