"""The state digest with the positions it is of, so that nodes can be compared."""

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.transaction import atomic

from journal.models import ContentView
from journal.projection.tally import read_tally
from registry.state.digest import DigestedRow, block_rows, compute_digest_with_blocks

#: The part of the time that may go into keeping the digest fresh.
_SHARE = 0.05
#: Seconds that a caller is let wait for a fresh one.
_QUICK = 0.03


@dataclass(frozen=True, slots=True)
class StateDigest:
    """Equal at equal offsets on nodes that hold the same; `offsets` are the next by partition.

    `blocks` are as registry.state.digest has them; `records` is how many were applied up to there.
    """

    value: str
    content_view: str
    offsets: Mapping[int, int]
    blocks: Mapping[str, Sequence[str]] = field(default_factory=dict, compare=False, repr=False)
    records: int = field(default=0, compare=False)


def state_digest(database: BaseDatabaseWrapper = connection) -> StateDigest:
    """Reads all tables in one transaction: seconds on a large registry."""
    with _one_state(database):
        offsets, view = _positions(database)
        found = compute_digest_with_blocks(database, view.label)
        return StateDigest(found.value, view.label, offsets, found.blocks, _records(database))


def state_rows(
    table: str, block: int, database: BaseDatabaseWrapper = connection
) -> tuple[Mapping[int, int], list[DigestedRow]]:
    """Some rows of a table by their keys and hashes, and the offsets that they are of.

    Raises KeyError for an unknown table.
    """
    with _one_state(database):
        return _positions(database)[0], block_rows(database, table, block)


@contextmanager
def _one_state(database: BaseDatabaseWrapper) -> Iterator[None]:
    with atomic(using=database.alias):
        if database.vendor == "postgresql":
            with database.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _records(database: BaseDatabaseWrapper) -> int:
    return sum(each.records for each in read_tally(database).partitions.values())


def _positions(database: BaseDatabaseWrapper) -> tuple[dict[int, int], ContentView]:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT partition, next_offset, content_view FROM journal_position ORDER BY partition"
        )
        rows = cursor.fetchall()
    view = ContentView(rows[0][2]) if rows else ContentView.FIRST_WINS
    return {row[0]: row[1] for row in rows}, view


class StateDigestCache:
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


state_digest_cache = StateDigestCache()
