"""The broker's log cleaner, simulated: of all records with one key only the newest stays."""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b

from journal.forecast.removals import NO_KEY, TOMBSTONE, Removals
from journal.forecast.segments import TopicScan
from journal.kafka.records import Record

_DIGEST_SIZE = 16

# As in Kafka, a run takes the segments before the active one, up to the first with a record younger
# than min.compaction.lag.ms; a record without a key goes. A tombstone stays at the first run that
# meets it, and goes at one that begins delete.retention.ms later. In the end nothing depends on
# segments, so that this is the default, and the next run is simulated on request.
#
# tests/acceptance/test_forecast_compaction.py compares this with a real cleaner, for journals of
# 2.1.3, 2.1.5 and 2.6.13 and offset by offset, after the first run and in the end; the soak tests
# do it with random journals, and tests/integration/test_forecast.py with recorded compactions.


class Horizon(StrEnum):
    """`next`: the cleaner's next run. `end`: the state after all present records were cleaned."""

    NEXT = "next"
    END = "end"


def cleanable_ends(scan: TopicScan, horizon: Horizon, now: int) -> dict[int, int]:
    """Return the cleaner's end offset by partition; `now` is in epoch ms."""
    if horizon is Horizon.END:
        return dict(scan.ends)
    lag = scan.config.min_compaction_lag_ms
    ends = {}
    for partition, segments in scan.segments.items():
        # The base of the active segment, or of the first with a record that is too young.
        closed = zip(segments.bases[:-1], segments.newest, strict=False)
        too_young = (base for base, newest in closed if lag > 0 and newest > now - lag)
        ends[partition] = next(too_young, segments.bases[-1])
    return ends


class LogCleaner:
    """Processes all records once, each partition's in order.

    Keys are kept as digests, so that memory does not grow with the size of records. Only records
    before `ends` are cleaned, and only they supersede others.
    """

    def __init__(self, ends: Mapping[int, int], drops_tombstones: bool) -> None:
        self._ends = ends
        self._drops_tombstones = drops_tombstones
        #: By partition and digest of the key: twice the newest offset, plus 1 for a tombstone.
        self._newest: dict[int, dict[bytes, int]] = {}
        self._removals = Removals()

    def process(self, record: Record) -> None:
        partition, offset = record.partition, record.offset
        if offset >= self._ends.get(partition, 0):
            return
        if record.key is None:
            self._removals.add(partition, offset, NO_KEY)
            return
        newest = self._newest.get(partition)
        if newest is None:
            newest = self._newest[partition] = {}
        digest = blake2b(record.key, digest_size=_DIGEST_SIZE).digest()
        before = newest.get(digest)
        newest[digest] = offset * 2 + (record.value is None)
        if before is not None:
            self._removals.add(partition, before // 2, offset)

    def removals(self) -> Removals:
        """Return the removals, once, after the last record."""
        tombstones = (
            (partition, position // 2)
            for partition, newest in self._newest.items()
            for position in newest.values()
            if position % 2
        )
        for partition, offset in tombstones if self._drops_tombstones else ():
            self._removals.add(partition, offset, TOMBSTONE)
        self._newest.clear()
        self._removals.sort()
        return self._removals
