"""Follows the ledger of a worker in another process, for those here who wait for outcomes.

PostgreSQL wakes it; on SQLite, which wakes nobody, it looks every few milliseconds.
"""

import logging
import threading
import time
from typing import Any

from django.db import DatabaseError, connection

from journal.activity import activity
from journal.messages import is_mutation
from journal.outcomes import waiters
from journal.queries import effect_of, last_ledger_id, ledger_rows
from journal.writer import CHANNEL

log = logging.getLogger(__name__)

_PATIENCE = 0.2
_LOOK_EVERY = 0.005
_AT_ONCE = 1000
_PAUSE = 1.0

_lock = threading.Lock()
_is_fed = False


def worker_tells() -> None:
    """A worker tells its news to this process: see journal.news."""
    global _is_fed
    _is_fed = True


def is_following() -> bool:
    """Whether this process hears of every record that is applied."""
    return _is_fed


def ensure_following() -> None:
    """Call before a record is said whose outcome somebody here waits for.

    Raises what the database raises if it can't be read.
    """
    global _is_fed
    with _lock:
        if not _is_fed:
            arguments = (last_ledger_id(),)
            threading.Thread(
                target=_follow, args=arguments, name="ledger-follower", daemon=True
            ).start()
            _is_fed = True


def _follow(last: int) -> None:
    while True:
        try:
            last = _read_on(last)
            _wait()
        except DatabaseError as error:
            log.error("The ledger can't be followed: %s", error)
            connection.close()
            time.sleep(_PAUSE)


def _read_on(last: int) -> int:
    """Tells of the rows that follow; returns the last one's id."""
    rows = ledger_rows(after=last, limit=_AT_ONCE)
    if not rows:
        return last
    activity.announce_rows(any(is_mutation(row.type, row.action, row.remark) for row in rows))
    waiters.resolve((row.req, effect_of(row)) for row in reversed(rows))
    return rows[0].id


def _wait() -> None:
    """Until a row may have come; PostgreSQL's word is trusted, and checked now and then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Listening twice is listening once; a new connection must be told.
            cursor.execute(f"LISTEN {CHANNEL}")
        raw: Any = connection.connection
        for _ in raw.notifies(timeout=_PATIENCE, stop_after=1):
            return
    else:
        time.sleep(_LOOK_EVERY)
