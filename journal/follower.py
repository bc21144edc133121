"""Follows the ledger of a worker in another process, for those here who wait for outcomes.

PostgreSQL wakes it; on SQLite, which wakes nobody, it looks every few milliseconds.
"""

import threading
import time
from typing import Any

from django.db import connection

from journal.activity import activity
from journal.models import LedgerRow, Outcome
from journal.outcomes import Effect, waiters
from journal.queries import last_ledger_id, ledger_rows
from journal.writer import CHANNEL

_PATIENCE = 0.2
_LOOK_EVERY = 0.005
_AT_ONCE = 1000

_lock = threading.Lock()
_is_fed = False


def worker_is_here() -> None:
    """The worker of this process resolves the waiters itself."""
    global _is_fed
    _is_fed = True


def ensure_following() -> None:
    """Call before a record is said whose outcome somebody here waits for."""
    global _is_fed
    with _lock:
        if not _is_fed:
            following = threading.Event()
            threading.Thread(
                target=_follow, args=(following,), name="ledger-follower", daemon=True
            ).start()
            following.wait()
            _is_fed = True


def _follow(following: threading.Event) -> None:
    last = last_ledger_id()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LISTEN {CHANNEL}")
    following.set()
    while True:
        _wait()
        rows = ledger_rows(after=last, limit=_AT_ONCE)
        if rows:
            last = rows[0].id
            waiters.resolve((row.req, _effect(row)) for row in reversed(rows))
            activity.announce()


def _wait() -> None:
    """Until a row may have come; PostgreSQL's word is trusted, and checked now and then."""
    if connection.vendor == "postgresql":
        raw: Any = connection.connection
        for _ in raw.notifies(timeout=_PATIENCE, stop_after=1):
            return
    else:
        time.sleep(_LOOK_EVERY)


def _effect(row: LedgerRow) -> Effect:
    return Effect(Outcome(row.outcome), row.error, row.reason, row.remark, row.result)
