"""Follows the ledger of a worker in another process, for those here who wait for outcomes.

PostgreSQL wakes it; on SQLite, which wakes nobody, it looks every few milliseconds.
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

_PATIENCE = 0.2
_LOOK_EVERY = 0.005
_AT_ONCE = 1000
_PAUSE = 1.0
_CHECK_EVERY = 1.0

_lock = threading.Lock()
_is_told = False
_follower: "_Follower | None" = None


def worker_reports() -> None:
    """A worker tells this process, see journal.outcomes.pipe: nobody follows any more."""
    global _is_told, _follower
    with _lock:
        _is_told = True
        _follower = None


def worker_on_standby() -> bool:
    """The worker that told its news here has none: another one may apply the journal.

    Gives whether that is new, so that the caller must look for itself what was committed so far.
    """
    global _is_told
    is_new = _is_told or _follower is None
    _is_told = False
    try:
        ensure_following()
    except DatabaseError as error:
        log.error("The ledger can't be followed yet: %s", error)
        connection.close()
    return is_new


def is_following() -> bool:
    """Whether this process hears of every record that is applied."""
    return _is_told or (_follower is not None and _follower.hears)


def ensure_following() -> None:
    """Call before a record is said whose outcome somebody here waits for.

    Raises what the database raises if it can't be read.
    """
    global _follower
    with _lock:
        if not _is_told and _follower is None:
            _follower = _Follower(last_ledger_id())
            _follower.start()


class _Follower:
    """A thread that reads on from the ledger's row with the id `last`."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._first: int | None = None
        self._checked_at = 0.0
        #: False while the ledger can't be read.
        self.hears = True

    def start(self) -> None:
        threading.Thread(target=self._follow, name="ledger-follower", daemon=True).start()

    def _follow(self) -> None:
        while _follower is self:
            try:
                self._listen()
                self._read_on()
                self._check()
                self.hears = True
                self._wait()
            except DatabaseError as error:
                self.hears = False
                log.error("The ledger can't be followed: %s", error)
                connection.close()
                time.sleep(_PAUSE)
        connection.close()

    def _read_on(self) -> None:
        while rows := ledger_rows(after=self._last, limit=_AT_ONCE):
            self._last = rows[0].id
            is_any = any(is_mutation(row.type, row.action, row.remark) for row in rows)
            activity.notify_rows(is_any)
            pending_writes.resolve((row.req, to_effect(row)) for row in reversed(rows))

    def _check(self) -> None:
        """Notices that the tables were emptied: what was read before is then about nothing."""
        now = time.monotonic()
        if now - self._checked_at < _CHECK_EVERY:
            return
        self._checked_at = now
        first, last = ledger_id_range()
        if last < self._last or self._first not in (None, first):
            activity.notify_rows(is_mutation=True)
        self._first = first or None
        self._last = min(self._last, last)

    def _listen(self) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Listening twice is listening once; a new connection must be told.
                cursor.execute(f"LISTEN {CHANNEL}")

    def _wait(self) -> None:
        """Until a row may have come; PostgreSQL's word is trusted, and checked now and then."""
        if connection.vendor != "postgresql":
            time.sleep(_LOOK_EVERY)
            return
        raw: Any = connection.connection
        with connection.wrap_database_errors:
            for _ in raw.notifies(timeout=_PATIENCE, stop_after=1):
                return
