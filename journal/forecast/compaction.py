"""The broker's log cleaner, simulated: of all records with one key only the newest stays.

It follows Kafka's cleaner; docs/decisions.md tells how that is proven on a real one.
"""

from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b

from journal.forecast.removals import Removals
from journal.forecast.segments import Segments, TopicScan
from journal.kafka.records import Record

_DIGEST_SIZE = 16


class Horizon(StrEnum):
    """`next`: the cleaner's next run. `end`: when everything that is there now was cleaned."""

    NEXT = "next"
    END = "end"


def cleanable_ends(survey: TopicScan, horizon: Horizon, now: int) -> dict[int, int]:
    """By partition, the offset before which the cleaner works; `now` in ms."""
    if horizon is Horizon.END:
        return dict(survey.ends)
    lag = survey.settings.min_compaction_lag_ms
    youngest = now - lag if lag > 0 else None
    return {
        partition: _cleanable_end(segments, youngest)
        for partition, segments in survey.segments.items()
    }


def _cleanable_end(segments: Segments, youngest: int | None) -> int:
    """The base of the active segment, or of the first that has a record younger than that."""
    for base, newest in zip(segments.bases[:-1], segments.newest, strict=False):
        if youngest is not None and newest > youngest:
            return base
    return segments.bases[-1]


class LogCleaner:
    """Sees all records once, each partition's in order, and then tells which would go.

    Of a key it keeps a digest, so that memory does not grow with what records hold.
    """

    def __init__(self, ends: Mapping[int, int], drops_tombstones: bool) -> None:
        """Only records before `ends` are cleaned, and only they make others go."""
        self._ends = ends
        self._drops_tombstones = drops_tombstones
        #: By partition and digest of the key: twice the newest offset, plus 1 for a tombstone.
        self._newest: dict[int, dict[bytes, int]] = {}
        self._removals = Removals()

    def see(self, record: Record) -> None:
        partition, offset = record.partition, record.offset
        if offset >= self._ends.get(partition, 0):
            return
        if record.key is None:
            self._removals.without_key(partition, offset)
            return
        newest = self._newest.get(partition)
        if newest is None:
            newest = self._newest[partition] = {}
        digest = blake2b(record.key, digest_size=_DIGEST_SIZE).digest()
        before = newest.get(digest)
        newest[digest] = offset * 2 + (record.value is None)
        if before is not None:
            self._removals.superseded(partition, before // 2, by=offset)

    def removals(self) -> Removals:
        """Once, after the last record."""
        if self._drops_tombstones:
            for partition, newest in self._newest.items():
                self._drop_tombstones(partition, newest)
        self._newest.clear()
        self._removals.sort()
        return self._removals

    def _drop_tombstones(self, partition: int, newest: Mapping[bytes, int]) -> None:
        for held in newest.values():
            if held % 2:
                self._removals.tombstone(partition, held // 2)
