"""The records to be removed, with causes: a few bytes for each, whatever its size."""

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

from journal.kafka.records import Record

#: Causes, where it is not the offset of a newer record with the same key.
TOMBSTONE, NO_KEY, EXPIRED = -1, -2, -3
_REASONS = {
    TOMBSTONE: "a tombstone is kept for delete.retention.ms alone",
    NO_KEY: "it has no key",
    EXPIRED: "its segment is beyond the retention",
}


@dataclass(slots=True)
class _PartitionRemovals:
    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    causes: "array[int]" = field(default_factory=lambda: array("q"))

    def find(self, offset: int) -> int | None:
        index = bisect_left(self.offsets, offset)
        is_removed = index < len(self.offsets) and self.offsets[index] == offset
        return index if is_removed else None


class Removals:
    """Filled by `add`, then sorted once, then read."""

    def __init__(self) -> None:
        self._partitions: dict[int, _PartitionRemovals] = {}

    def add(self, partition: int, offset: int, cause: int) -> None:
        removed = self._partitions.get(partition)
        if removed is None:
            removed = self._partitions[partition] = _PartitionRemovals()
        removed.offsets.append(offset)
        removed.causes.append(cause)

    def sort(self) -> None:
        for removed in self._partitions.values():
            order = sorted(range(len(removed.offsets)), key=removed.offsets.__getitem__)
            removed.offsets = array("q", (removed.offsets[index] for index in order))
            removed.causes = array("q", (removed.causes[index] for index in order))

    def __len__(self) -> int:
        return sum(len(removed.offsets) for removed in self._partitions.values())

    def contains(self, record: Record) -> bool:
        removed = self._partitions.get(record.partition)
        return removed is not None and removed.find(record.offset) is not None

    def reason(self, record: Record) -> str:
        """Return the cause of a record's removal, empty if the record stays."""
        removed = self._partitions[record.partition]
        index = removed.find(record.offset)
        if index is None:
            return ""
        cause = removed.causes[index]
        return _REASONS.get(cause) or f"offset {cause} has its key"

    def offsets(self) -> dict[int, list[int]]:
        """Return the sorted offsets by partition."""
        return {
            partition: list(removed.offsets)
            for partition, removed in sorted(self._partitions.items())
        }
