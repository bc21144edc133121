"""The state digest with its offsets, for comparing nodes."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError, connection

from journal.models import ContentView
from journal.projection.tally import read_tally
from registry.queries import repeatable_read
from registry.state.digest import DigestedRow, block_rows, compute_digest_with_blocks

log = logging.getLogger(__name__)

#: The share of the time that may go into a fresh digest while the journal moves.
_TIME_SHARE = 0.05
#: Seconds that a caller waits for a fresh digest.
_MAX_WAIT_S = 0.03


@dataclass(frozen=True, slots=True)
class StateDigest:
    """Equal at equal offsets on nodes with equal state.

    `offsets` are the next ones by partition, `blocks` are as registry.state.digest has them, and
    `records` counts what was applied up to the offsets.
    """

    value: str
    content_view: str
    offsets: Mapping[int, int]
    blocks: Mapping[str, Sequence[str]] = field(default_factory=dict, compare=False, repr=False)
    records: int = field(default=0, compare=False)


def state_digest() -> StateDigest:
    """Compute the digest in one transaction; takes seconds for a large registry."""
    with repeatable_read():
        offsets, view = _read_position()
        digest = compute_digest_with_blocks(connection, view.label)
        records = sum(count.records for count in read_tally(connection).partitions.values())
        return StateDigest(digest.value, view.label, offsets, digest.blocks, records)


def state_rows(table: str, block: int) -> tuple[Mapping[int, int], list[DigestedRow]]:
    """Return the offsets, and keys and hashes of a block of rows; raises KeyError for no table."""
    with repeatable_read():
        offsets, _ = _read_position()
        return offsets, block_rows(connection, table, block)


def _read_position() -> tuple[dict[int, int], ContentView]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT partition, next_offset, content_view FROM journal_position ORDER BY partition"
        )
        rows = cursor.fetchall()
    view = ContentView(rows[0][2]) if rows else ContentView.FIRST_WINS
    return {row[0]: row[1] for row in rows}, view


class StateDigestCache:
    """The last digest, renewed in the background after records were applied."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: StateDigest | None = None
        self._duration = 0.0
        self._not_before = 0.0
        self._last_offsets: Mapping[int, int] = {}

    def latest(self, offsets: Mapping[int, int], view: ContentView | None) -> StateDigest | None:
        """Return the digest of these offsets if it is quickly computed, or else an older one."""
        last = self._last
        label = None if view is None else view.label
        is_fresh = last is not None and (last.offsets, last.content_view) == (offsets, label)
        # A journal at rest is worth the time; one that moves gets its share.
        is_at_rest, self._last_offsets = self._last_offsets == offsets, offsets
        if not is_fresh and (is_at_rest or time.monotonic() >= self._not_before):
            thread = threading.Thread(target=self._renew, name="digest", daemon=True)
            thread.start()
            if self._duration < _MAX_WAIT_S:
                thread.join(_MAX_WAIT_S)
        return self._last

    def _renew(self) -> None:
        if not self._lock.acquire(blocking=False):
            return
        try:
            start = time.monotonic()
            self._last = state_digest()
            self._duration = time.monotonic() - start
            self._not_before = time.monotonic() + self._duration * (1 / _TIME_SHARE - 1)
        except DatabaseError as error:
            log.warning("The state digest can't be computed: %s", error)
        finally:
            connection.close()
            self._lock.release()
