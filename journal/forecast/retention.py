"""The broker's retention, simulated: whole segments go from the start, by their newest record."""

from collections.abc import Mapping
from itertools import accumulate

from journal.forecast.cleanup_config import CleanupConfig
from journal.forecast.removals import EXPIRED, Removals
from journal.forecast.segments import TopicScan
from journal.kafka.records import Record


def new_starts(scan: TopicScan, config: CleanupConfig, when: int) -> dict[int, int]:
    """Return the first offset by partition at the time `when`, in epoch ms."""
    starts = {}
    for partition, segments in scan.segments.items():
        too_old = too_much = 0
        if config.retention_ms >= 0:
            # The active segment may go, too: the broker then begins another.
            retained = (
                index
                for index, newest in enumerate(segments.newest)
                if when - newest <= config.retention_ms
            )
            too_old = next(retained, len(segments.newest))
        if config.retention_bytes >= 0:
            surplus = sum(segments.sizes) - config.retention_bytes
            too_much = sum(removed <= surplus for removed in accumulate(segments.sizes))
        expired = max(too_old, too_much)
        is_emptied = expired == len(segments.bases)
        starts[partition] = scan.ends[partition] if is_emptied else segments.bases[expired]
    return starts


class SegmentExpiry:
    """Processes all records once.

    `expired_before` is in epoch ms. `latest_starts` are the first offsets by partition if each
    record had a segment of its own: no retention by time removes more, whatever the borders.
    """

    def __init__(self, starts: Mapping[int, int], expired_before: int) -> None:
        self._starts = starts
        self._expired_before = expired_before
        self._removals = Removals()
        self._kept_partitions: set[int] = set()
        self.latest_starts = dict(starts)

    def process(self, record: Record) -> None:
        partition, offset = record.partition, record.offset
        if offset < self._starts.get(partition, 0):
            self._removals.add(partition, offset, EXPIRED)
        elif partition not in self._kept_partitions:
            if record.timestamp < self._expired_before:
                self.latest_starts[partition] = offset + 1
            else:
                self._kept_partitions.add(partition)

    def removals(self) -> Removals:
        """Return the removals, once, after the last record."""
        self._removals.sort()
        return self._removals
