"""News of what was applied: told by the worker's process, heard by those who wait for outcomes.

One JSON line a batch on a pipe, after the commit: with an interpreter of its own the worker does
not compete with the requests that it answers.
"""

import logging
import os
import threading
from collections.abc import Callable
from typing import Any, Protocol

import orjson

from journal.activity import activity
from journal.batches import Applied
from journal.messages import is_mutation
from journal.models import Outcome
from journal.outcomes import Effect, waiters

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


class Teller(Protocol):
    """Whom a worker tells what it does."""

    def applied(self, batch: Applied) -> None:
        """After the rows were committed, before anything else is applied."""

    def word(self) -> None:
        """The worker has said a word about itself in its table."""

    def progress(self, applied: int, end: int) -> None:
        """While it replays: offsets applied, and to be applied."""


class TellHere:
    """For a worker on a thread of the process that waits."""

    def applied(self, batch: Applied) -> None:
        activity.announce_rows(_is_mutation(batch))
        waiters.resolve((read.req, effect) for read, effect in batch)

    def word(self) -> None:
        activity.announce()

    def progress(self, applied: int, end: int) -> None:
        pass


class TellByPipe:
    """For a worker whose parent listens; raises BrokenPipeError once that one has gone."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def applied(self, batch: Applied) -> None:
        outcomes = [
            (read.req, effect.outcome, effect.error, effect.reason, effect.remark, effect.result)
            for read, effect in batch
        ]
        self._tell({"mutation": _is_mutation(batch), "outcomes": outcomes})

    def word(self) -> None:
        self._tell({})

    def progress(self, applied: int, end: int) -> None:
        self._tell({"progress": (applied, end)})

    def _tell(self, news: dict[str, Any]) -> None:
        line = orjson.dumps(news) + b"\n"
        while line:
            line = line[os.write(self._descriptor, line) :]


class Listener:
    """Hears a worker's process, and the next one after it dies; a thread of its own."""

    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress
        reading, self.descriptor = os.pipe()
        self._pipe = os.fdopen(reading, "rb")
        #: Set at the first line: the worker has replaced the word of the one before it.
        self.began = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="news", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Call after the worker has ended."""
        os.close(self.descriptor)
        self._thread.join()

    def _listen(self) -> None:
        with self._pipe as lines:
            for line in lines:
                self._hear(line)
                self.began.set()

    def _hear(self, line: bytes) -> None:
        try:
            news = orjson.loads(line)
        except orjson.JSONDecodeError:
            # The half line of a worker that was killed; its waiters time out, which is the truth.
            log.warning("A worker ended in the middle of a line")
            return
        if "outcomes" in news:
            activity.announce_rows(news["mutation"])
            waiters.resolve(
                (req, Effect(Outcome(code), *rest)) for req, code, *rest in news["outcomes"]
            )
        elif "progress" in news:
            self._on_progress(*news["progress"])
        else:
            activity.announce()


def _is_mutation(batch: Applied) -> bool:
    return any(is_mutation(read.type, read.action, effect.remark) for read, effect in batch)
