"""The broker's retention, simulated: whole segments go from the start, by their newest record."""

from collections.abc import Mapping

from journal.forecast.cleanup_config import CleanupConfig
from journal.forecast.removals import Removals
from journal.forecast.segments import Segments, TopicScan
from journal.kafka.records import Record


def new_starts(survey: TopicScan, settings: CleanupConfig, when: int) -> dict[int, int]:
    """By partition, the offset at which the journal would begin at that time, in epoch ms."""
    return {
        partition: _new_start(segments, settings, when, survey.ends[partition])
        for partition, segments in survey.segments.items()
    }


def _new_start(segments: Segments, settings: CleanupConfig, when: int, end: int) -> int:
    gone = max(
        _beyond_time(segments, settings.retention_ms, when),
        _beyond_size(segments, settings.retention_bytes),
    )
    return segments.bases[gone] if gone < len(segments.bases) else end


def _beyond_time(segments: Segments, retention_ms: int, when: int) -> int:
    """How many segments; the active one, too, for the broker then begins another."""
    if retention_ms < 0:
        return 0
    for count, newest in enumerate(segments.newest):
        if when - newest <= retention_ms:
            return count
    return len(segments.newest)


def _beyond_size(segments: Segments, retention_bytes: int) -> int:
    if retention_bytes < 0:
        return 0
    surplus = sum(segments.sizes) - retention_bytes
    for count, size in enumerate(segments.sizes):
        if surplus < size:
            return count
        surplus -= size
    return len(segments.sizes)


class SegmentExpiry:
    """Sees all records once, and then tells which would go.

    `latest_starts` are where the journal could begin at the most, by partition, if each record had
    a segment of its own: no retention by time goes further, wherever the borders are.
    """

    def __init__(self, starts: Mapping[int, int], expired_before: int) -> None:
        """`expired_before` in epoch ms: records as old as that are beyond the retention."""
        self._starts = starts
        self._expired_before = expired_before
        self._removals = Removals()
        self._kept: set[int] = set()
        self.latest_starts = dict(starts)

    def see(self, record: Record) -> None:
        partition, offset = record.partition, record.offset
        if offset < self._starts.get(partition, 0):
            self._removals.expired(partition, offset)
        elif partition not in self._kept:
            if record.timestamp < self._expired_before:
                self.latest_starts[partition] = offset + 1
            else:
                self._kept.add(partition)

    def removals(self) -> Removals:
        """Once, after the last record."""
        self._removals.sort()
        return self._removals
