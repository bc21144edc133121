"""The state digest with the positions it is of, so that nodes can be compared."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import atomic

from journal.models import ContentView
from registry.digest import digest

#: The part of the time that may go into keeping the digest fresh.
_SHARE = 0.05
#: Seconds that a caller is let wait for a fresh one.
_QUICK = 0.1


@dataclass(frozen=True, slots=True)
class StateDigest:
    """Equal at equal offsets on nodes that hold the same; `offsets` are the next by partition."""

    value: str
    content_view: str
    offsets: Mapping[int, int]


def state_digest(database: BaseDatabaseWrapper = connection) -> StateDigest:
    """Reads all tables in one transaction: seconds on a large registry."""
    with atomic(using=database.alias):
        if database.vendor == "postgresql":
            with database.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        offsets, view = _positions(database)
        return StateDigest(digest(database, view.label), view.label, offsets)


def _positions(database: BaseDatabaseWrapper) -> tuple[dict[int, int], ContentView]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT partition, next_offset, content_view FROM journal_position ORDER BY partition"
        )
        rows = cursor.fetchall()
    view = ContentView(rows[0][2]) if rows else ContentView.FIRST_WINS
    return {row[0]: row[1] for row in rows}, view


class DigestKeeper:
    """The last digest, made anew in the background when records were applied since."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: StateDigest | None = None
        self._took = 0.0
        self._not_before = 0.0
        self._asked: Mapping[int, int] = {}

    def latest(self, offsets: Mapping[int, int], view: ContentView | None) -> StateDigest | None:
        """Of these offsets where that is quick; else an older one, or None before the first."""
        told = self._last
        of_view = None if view is None else view.label
        is_fresh = told is not None and (told.offsets, told.content_view) == (offsets, of_view)
        # A journal at rest is worth the time; one that moves gets its share.
        is_at_rest, self._asked = self._asked == offsets, offsets
        if not is_fresh and (is_at_rest or time.monotonic() >= self._not_before):
            worker = threading.Thread(target=self._renew, name="digest", daemon=True)
            worker.start()
            if self._took < _QUICK:
                worker.join(_QUICK)
        return self._last

    def _renew(self) -> None:
        if not self._lock.acquire(blocking=False):
            return
        try:
            began = time.monotonic()
            self._last = state_digest()
            self._took = time.monotonic() - began
            self._not_before = time.monotonic() + self._took * (1 / _SHARE - 1)
        finally:
            connection.close()
            self._lock.release()


digest_keeper = DigestKeeper()
