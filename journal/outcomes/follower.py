"""Follows the ledger for pending writes, if no worker reports on this process's pipe.

PostgreSQL notifies of commits; on SQLite the ledger is polled every few milliseconds.
"""

import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, connection

from journal.database.writer import CHANNEL
from journal.ledger.rows import last_ledger_id, ledger_id_range, ledger_rows, to_effect
from journal.outcomes.activity import Activity
from journal.outcomes.pending_writes import PendingWrites
from journal.wire.messages import is_mutation

log = logging.getLogger(__name__)

#: Seconds that PostgreSQL's notification is waited for before the ledger is read all the same.
_NOTIFY_TIMEOUT = 0.2
#: Seconds between two reads of the ledger on SQLite.
_POLL_INTERVAL = 0.005
_BATCH = 1000
_RETRY_PAUSE = 1.0
_CHECK_INTERVAL = 1.0


class LedgerFollower:
    """Follows the ledger on a thread, unless a worker reports on a pipe."""

    def __init__(self, activity: Activity, pending_writes: PendingWrites) -> None:
        self._activity = activity
        self._pending_writes = pending_writes
        self._lock = threading.Lock()
        self._uses_pipe = False
        self._thread: _FollowerThread | None = None

    def switch_to_pipe(self) -> None:
        """Stop following the ledger: a worker reports by journal.outcomes.pipe."""
        with self._lock:
            self._uses_pipe = True
            self._stop()

    def close(self) -> None:
        """Stop following the ledger, for good unless `ensure_following` is called."""
        with self._lock:
            self._stop()

    def switch_to_ledger(self) -> bool:
        """Follow the ledger again: the worker on the pipe has ended, or stands by for another one.

        Returns whether it was not followed before; then the caller must look up what was committed
        so far.
        """
        is_new = self._uses_pipe or self._thread is None
        self._uses_pipe = False
        try:
            self.ensure_following()
        except DatabaseError as error:
            log.error("The ledger can't be followed yet: %s", error)
            connection.close()
        return is_new

    @property
    def is_following(self) -> bool:
        """Check if this process is notified of every applied record."""
        return self._uses_pipe or (self._thread is not None and self._thread.is_reading)

    def ensure_following(self) -> None:
        """Start following, unless a worker reports; call it before a record is published.

        Raises the database's errors if it can't be read.
        """
        with self._lock:
            if not self._uses_pipe and self._thread is None:
                self._thread = _FollowerThread(
                    self._activity, self._pending_writes, last_ledger_id()
                )
                self._thread.start()

    def _stop(self) -> None:
        if self._thread is not None:
            self._thread.is_stopped = True
            self._thread = None


class _FollowerThread(threading.Thread):
    """Reads on from the ledger's row with the id `last`."""

    def __init__(self, activity: Activity, pending_writes: PendingWrites, last: int) -> None:
        super().__init__(name="ledger-follower", daemon=True)
        self._activity = activity
        self._pending_writes = pending_writes
        self._last = last
        self._first: int | None = None
        self._checked_at = 0.0
        #: False while the ledger can't be read.
        self.is_reading = True
        self.is_stopped = False

    def run(self) -> None:
        while not self.is_stopped:
            try:
                if connection.vendor == "postgresql":
                    # Needed on each new connection, and harmless on one that listens already.
                    connection.cursor().execute(f"LISTEN {CHANNEL}")
                while rows := ledger_rows(after=self._last, limit=_BATCH):
                    self._last = rows[0].id
                    self._activity.notify_rows(
                        any(is_mutation(row.type, row.action, bool(row.remark)) for row in rows)
                    )
                    self._pending_writes.resolve(
                        (row.req, to_effect(row)) for row in reversed(rows)
                    )
                self._check_emptied_tables()
                self.is_reading = True
                self._wait_for_rows()
            except DatabaseError as error:
                if self.is_reading:
                    log.error("The ledger can't be followed: %s", error)
                self.is_reading = False
                connection.close()
                time.sleep(_RETRY_PAUSE)
        connection.close()

    def _check_emptied_tables(self) -> None:
        """Report a mutation if a rebuild emptied the tables: everything read before is void."""
        now = time.monotonic()
        if now - self._checked_at < _CHECK_INTERVAL:
            return
        self._checked_at = now
        first, last = ledger_id_range()
        if last < self._last or self._first not in (None, first):
            self._activity.notify_rows(is_mutation=True)
        self._first = first or None
        self._last = min(self._last, last)

    def _wait_for_rows(self) -> None:
        """Wait until a row may have come; a lost notification costs a short delay."""
        if connection.vendor != "postgresql":
            time.sleep(_POLL_INTERVAL)
            return
        raw: Any = connection.connection
        with connection.wrap_database_errors:
            for _ in raw.notifies(timeout=_NOTIFY_TIMEOUT, stop_after=1):
                return
