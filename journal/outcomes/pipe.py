"""News of what was applied: told by the worker's process, heard by those who wait for outcomes.

One JSON line a batch on a pipe, after the commit: with an interpreter of its own the worker does
not compete with the requests that it answers.
"""

import logging
import os
import select
import threading
from collections.abc import Callable
from typing import Any, Protocol

import orjson
from django.db import DatabaseError, connection

from journal.ledger.rows import find_effects
from journal.models import Outcome
from journal.outcomes import follower
from journal.outcomes.activity import activity
from journal.outcomes.pending_writes import pending_writes
from journal.projection.batches import AppliedRecords
from journal.projection.effects import Effect
from journal.wire.messages import is_mutation

log = logging.getLogger(__name__)

#: Milliseconds that the pipe may be full before its listener is left to look for itself.
_PATIENCE_MS = 200

Progress = Callable[[int, int], None]


class Reporter(Protocol):
    """Whom a worker tells what it does."""

    def worker_started(self) -> None:
        """It has the claim; what was committed before may not have been told."""

    def on_standby(self) -> None:
        """Another worker has the claim, and tells nothing here; told again and again."""

    def applied(self, batch: AppliedRecords) -> None:
        """After the rows were committed, before anything else is applied."""

    def heartbeat(self) -> None:
        """The worker has said a word about itself in its table."""

    def trouble(self, why: str) -> None:
        """It can't say that in its table."""

    def progress(self, applied: int, end: int) -> None:
        """While it replays: offsets applied, and to be applied."""


class InProcessReporter:
    """For a worker on a thread of the process that waits."""

    def worker_started(self) -> None:
        _look_for_oneself()

    def on_standby(self) -> None:
        _follow_the_other_one()

    def applied(self, batch: AppliedRecords) -> None:
        activity.notify_rows(_is_mutation(batch))
        pending_writes.resolve((read.req, effect) for read, effect in batch)

    def heartbeat(self) -> None:
        activity.notify_heartbeat()

    def trouble(self, why: str) -> None:
        activity.notify_heartbeat(why)

    def progress(self, applied: int, end: int) -> None:
        pass


class PipeReporter:
    """For a worker whose parent listens; raises BrokenPipeError once that one has gone.

    A parent that does not listen holds nobody up: what it misses it is told to look up itself.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._room = select.poll()
        self._room.register(descriptor, select.POLLOUT)
        #: What is left of a line of which a part may be in the pipe; whoever was killed here
        #: before may have left a half line, too.
        self._rest = b"\n"
        self._is_stalled = False
        self._has_missed = False

    def worker_started(self) -> None:
        self._tell({"again": True})

    def on_standby(self) -> None:
        self._tell({"standby": True})

    def applied(self, batch: AppliedRecords) -> None:
        outcomes = [
            (read.req, effect.outcome, effect.error, effect.reason, effect.remark, effect.result)
            for read, effect in batch
        ]
        self._tell({"mutation": _is_mutation(batch), "outcomes": outcomes})

    def heartbeat(self) -> None:
        self._tell({"word": ""})

    def trouble(self, why: str) -> None:
        self._tell({"word": why})

    def progress(self, applied: int, end: int) -> None:
        self._tell({"progress": (applied, end)})

    def _tell(self, news: dict[str, Any]) -> None:
        if self._has_missed and self._is_told():
            self._has_missed = False
            self._rest = orjson.dumps({"again": True}) + b"\n"
        if not self._is_told():
            self._has_missed = True
            return
        self._rest = orjson.dumps(news) + b"\n"
        self._is_told()

    def _is_told(self) -> bool:
        """Whether nothing is left of the line before; waits for a parent that still takes some."""
        patience = 0 if self._is_stalled else _PATIENCE_MS
        while self._rest:
            try:
                self._rest = self._rest[os.write(self._descriptor, self._rest) :]
            except BlockingIOError:
                if not self._room.poll(patience):
                    self._note_stall()
                    return False
        self._is_stalled = False
        return True

    def _note_stall(self) -> None:
        if not self._is_stalled:
            log.warning("The web part does not listen; it will look up what it misses")
        self._is_stalled = True


class PipeListener:
    """Hears a worker's process, and the next one after it dies; a thread of its own."""

    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress
        reading, self.descriptor = os.pipe()
        self._pipe = os.fdopen(reading, "rb")
        #: Set at the first line: the worker has replaced the word of the one before it.
        self.began = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="news", daemon=True)
        self._thread.start()

    def worker_died(self) -> None:
        """Until the next one tells something, another node's may apply the journal."""
        _follow_the_other_one()

    def close(self) -> None:
        """Call after the worker has ended."""
        os.close(self.descriptor)
        self._thread.join()

    def _listen(self) -> None:
        with self._pipe as lines:
            for line in lines:
                if line.strip():
                    self._hear(line)

    def _hear(self, line: bytes) -> None:
        try:
            news = orjson.loads(line)
        except orjson.JSONDecodeError:
            # The next worker tells us to look for ourselves.
            log.warning("A worker ended in the middle of a line")
            return
        if "outcomes" in news:
            activity.notify_rows(news["mutation"])
            pending_writes.resolve(
                (req, Effect(Outcome(code), *rest)) for req, code, *rest in news["outcomes"]
            )
        elif "progress" in news:
            self._on_progress(*news["progress"])
        else:
            self._hear_of_worker(news)

    def _hear_of_worker(self, news: dict[str, Any]) -> None:
        if "word" in news:
            activity.notify_heartbeat(news["word"])
            self.began.set()
        elif "standby" in news:
            _follow_the_other_one()
            self.began.set()
        else:
            follower.worker_reports()
            _look_for_oneself()


def _follow_the_other_one() -> None:
    if follower.worker_on_standby():
        # What was committed before the ledger was followed, nobody told.
        _look_for_oneself()


def _look_for_oneself() -> None:
    """Something may have been committed of which no news came: anything, for all we know."""
    activity.notify_rows(is_mutation=True)
    try:
        pending_writes.resolve(find_effects(pending_writes.reqs()))
    except DatabaseError as error:
        log.error("The ledger can't be read: %s", error)
    finally:
        connection.close()


def _is_mutation(batch: AppliedRecords) -> bool:
    return any(is_mutation(read.type, read.action, effect.remark) for read, effect in batch)
