"""Follows the ledger for the pending writes here, where no worker reports on this process's pipe.

PostgreSQL notifies it of commits; SQLite can't, so there it polls every few milliseconds.
"""

import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, connection

from journal.database.writer import CHANNEL
from journal.ledger.rows import last_ledger_id, ledger_id_range, ledger_rows, to_effect
from journal.outcomes.activity import activity
from journal.outcomes.pending_writes import pending_writes
from journal.wire.messages import is_mutation

log = logging.getLogger(__name__)

#: Seconds that PostgreSQL's notification is waited for before the ledger is read all the same.
_NOTIFY_TIMEOUT = 0.2
#: Seconds between two reads of the ledger on SQLite.
_POLL_INTERVAL = 0.005
_BATCH = 1000
_RETRY_PAUSE = 1.0
_CHECK_INTERVAL = 1.0

_lock = threading.Lock()
_uses_pipe = False
_follower: "_LedgerFollower | None" = None


def switch_to_pipe() -> None:
    """Stop following the ledger: a worker reports by journal.outcomes.pipe."""
    global _uses_pipe, _follower
    with _lock:
        _uses_pipe = True
        _follower = None


def switch_to_ledger() -> bool:
    """Follow the ledger again: the worker on the pipe has ended, or stands by for another one.

    Returns whether it was not followed before; then the caller must look up what was committed
    so far.
    """
    global _uses_pipe
    is_new = _uses_pipe or _follower is None
    _uses_pipe = False
    try:
        ensure_following()
    except DatabaseError as error:
        log.error("The ledger can't be followed yet: %s", error)
        connection.close()
    return is_new


def is_following() -> bool:
    """Whether this process learns of every record that is applied."""
    return _uses_pipe or (_follower is not None and _follower.is_reading)


def ensure_following() -> None:
    """Start following, unless a worker reports; call it before a record is published.

    Raises what the database raises if it can't be read.
    """
    global _follower
    with _lock:
        if not _uses_pipe and _follower is None:
            _follower = _LedgerFollower(last_ledger_id())
            _follower.start()


class _LedgerFollower(threading.Thread):
    """Reads on from the ledger's row with the id `last`."""

    def __init__(self, last: int) -> None:
        super().__init__(name="ledger-follower", daemon=True)
        self._last = last
        self._first: int | None = None
        self._checked_at = 0.0
        #: False while the ledger can't be read.
        self.is_reading = True

    def run(self) -> None:
        while _follower is self:
            try:
                if connection.vendor == "postgresql":
                    # Needed on each new connection, and harmless on one that listens already.
                    connection.cursor().execute(f"LISTEN {CHANNEL}")
                while rows := ledger_rows(after=self._last, limit=_BATCH):
                    self._last = rows[0].id
                    activity.notify_rows(
                        any(is_mutation(row.type, row.action, bool(row.remark)) for row in rows)
                    )
                    pending_writes.resolve((row.req, to_effect(row)) for row in reversed(rows))
                self._check_emptied_tables()
                self.is_reading = True
                self._wait_for_rows()
            except DatabaseError as error:
                self.is_reading = False
                log.error("The ledger can't be followed: %s", error)
                connection.close()
                time.sleep(_RETRY_PAUSE)
        connection.close()

    def _check_emptied_tables(self) -> None:
        """Report a mutation if a rebuild emptied the tables: what was read before is void."""
        now = time.monotonic()
        if now - self._checked_at < _CHECK_INTERVAL:
            return
        self._checked_at = now
        first, last = ledger_id_range()
        if last < self._last or self._first not in (None, first):
            activity.notify_rows(is_mutation=True)
        self._first = first or None
        self._last = min(self._last, last)

    def _wait_for_rows(self) -> None:
        """Wait until a row may have come; a notification that got lost costs a short delay."""
        if connection.vendor != "postgresql":
            time.sleep(_POLL_INTERVAL)
            return
        raw: Any = connection.connection
        with connection.wrap_database_errors:
            for _ in raw.notifies(timeout=_NOTIFY_TIMEOUT, stop_after=1):
                return
