"""Reports of the worker about applied records, read by the process with the pending writes.

One JSON line a batch on a pipe, after the commit: with an interpreter of its own the worker does
not compete with the requests waiting for its outcomes.
"""

import logging
import os
import select
import threading
from collections.abc import Callable
from typing import Any, Protocol

import orjson

from journal.models import Outcome
from journal.outcomes.outcomes import Outcomes
from journal.projection.batches import AppliedRecords
from journal.projection.effects import Effect
from journal.projection.remarks import decode_remarks, encode_remarks
from journal.wire.messages import is_mutation

log = logging.getLogger(__name__)

#: Milliseconds that the pipe may be full before the reader is left to look up what it misses.
_FULL_PIPE_TIMEOUT_MS = 200

Progress = Callable[[int, int], None]


class Reporter(Protocol):
    """Reports the events of a worker."""

    def worker_started(self) -> None:
        """Report the start: the worker has the lock. Earlier commits may be unreported."""

    def on_standby(self) -> None:
        """Report a standby, repeatedly: another worker, not reporting here, has the lock."""

    def applied(self, batch: AppliedRecords) -> None:
        """Report a batch after its commit, before anything else is applied."""

    def heartbeat(self) -> None:
        """Report a written heartbeat."""

    def trouble(self, reason: str) -> None:
        """Report the reason for missing heartbeats, or the worker's end."""

    def progress(self, applied: int, end: int) -> None:
        """Report the progress of a replay: offsets applied, and to be applied."""


class NullReporter:
    """For a worker beside web processes; these follow the ledger."""

    def worker_started(self) -> None:
        pass

    def on_standby(self) -> None:
        pass

    def applied(self, batch: AppliedRecords) -> None:
        pass

    def heartbeat(self) -> None:
        pass

    def trouble(self, reason: str) -> None:
        pass

    def progress(self, applied: int, end: int) -> None:
        pass


class PipeReporter:
    """For a worker with its parent on a pipe; raises BrokenPipeError once the parent has ended.

    A parent that does not read blocks no worker: after a gap the first line makes it resync.
    """

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._descriptor = descriptor
        self._room = select.poll()
        self._room.register(descriptor, select.POLLOUT)
        #: What is left to write of a line that may be in the pipe in part; a worker that was
        #: killed before may have left half a line, too.
        self._unsent = b"\n"
        self._is_stalled = False
        self._has_missed = False

    def worker_started(self) -> None:
        self._send({"resync": True})

    def on_standby(self) -> None:
        self._send({"standby": True})

    def applied(self, batch: AppliedRecords) -> None:
        outcomes = [
            (
                *(record.req, effect.outcome, effect.error, effect.reason),
                *(encode_remarks(effect.remarks), effect.result),
            )
            for record, effect in batch
        ]
        self._send({"mutation": has_mutation(batch), "outcomes": outcomes})

    def heartbeat(self) -> None:
        self._send({"heartbeat": ""})

    def trouble(self, reason: str) -> None:
        self._send({"heartbeat": reason})

    def progress(self, applied: int, end: int) -> None:
        self._send({"progress": (applied, end)})

    def _send(self, report: dict[str, Any]) -> None:
        if self._has_missed and self._flush():
            self._has_missed = False
            self._unsent = orjson.dumps({"resync": True}) + b"\n"
        if not self._flush():
            self._has_missed = True
            return
        self._unsent = orjson.dumps(report) + b"\n"
        self._flush()

    def _flush(self) -> bool:
        """Write the rest of the last line; returns whether all of it is in the pipe."""
        timeout = 0 if self._is_stalled else _FULL_PIPE_TIMEOUT_MS
        while self._unsent:
            try:
                self._unsent = self._unsent[os.write(self._descriptor, self._unsent) :]
            except BlockingIOError:
                if self._room.poll(timeout):
                    continue
                if not self._is_stalled:
                    log.warning("The web part does not listen; it will look up what it misses")
                self._is_stalled = True
                return False
        self._is_stalled = False
        return True


class PipeListener(threading.Thread):
    """Reads the reports of a worker's process, and of the next one after it dies, on a thread."""

    def __init__(self, outcomes: Outcomes, on_progress: Progress) -> None:
        super().__init__(name="outcome-pipe", daemon=True)
        self._outcomes = outcomes
        self._on_progress = on_progress
        reading, self.descriptor = os.pipe()
        self._pipe = os.fdopen(reading, "rb")
        #: Set at the worker's first heartbeat, which replaces that of the worker before it, or
        #: when it stands by.
        self.worker_began = threading.Event()
        self.start()

    def worker_died(self) -> None:
        """Follow the ledger until the next worker reports: another node's worker may apply."""
        self._outcomes.switch_to_ledger()

    def close(self) -> None:
        """Close the write end and wait for the last reports; the worker must have ended."""
        os.close(self.descriptor)
        self.join()

    def run(self) -> None:
        with self._pipe as lines:
            for line in filter(bytes.strip, lines):
                try:
                    report = orjson.loads(line)
                except orjson.JSONDecodeError:
                    # The next worker begins with a resync.
                    log.warning("A worker ended in the middle of a line")
                    continue
                if "outcomes" in report:
                    self._outcomes.activity.notify_rows(report["mutation"])
                    self._outcomes.pending_writes.resolve(
                        (req, Effect(Outcome(code), error, reason, decode_remarks(remarks), result))
                        for req, code, error, reason, remarks, result in report["outcomes"]
                    )
                elif "progress" in report:
                    self._on_progress(*report["progress"])
                elif "heartbeat" in report:
                    self._outcomes.activity.notify_heartbeat(report["heartbeat"])
                    self.worker_began.set()
                elif "standby" in report:
                    self._outcomes.switch_to_ledger()
                    self.worker_began.set()
                else:
                    self._outcomes.follower.switch_to_pipe()
                    self._outcomes.resync()


def has_mutation(batch: AppliedRecords) -> bool:
    """Check if any record of the batch may have changed a table of the registry."""
    return any(
        is_mutation(record.type, record.action, bool(effect.remarks)) for record, effect in batch
    )
