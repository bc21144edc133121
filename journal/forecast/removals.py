"""Which records would go, and why: some bytes for each, however large they are."""

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

from journal.kafka.records import Record

#: Instead of the offset of a newer record with the same key.
_TOMBSTONE, _WITHOUT_KEY, _EXPIRED = -1, -2, -3
_WHY = {
    _TOMBSTONE: "a tombstone is kept for delete.retention.ms alone",
    _WITHOUT_KEY: "it has no key",
    _EXPIRED: "its segment is beyond the retention",
}


@dataclass(slots=True)
class _OfPartition:
    offsets: "array[int]" = field(default_factory=lambda: array("q"))
    causes: "array[int]" = field(default_factory=lambda: array("q"))

    def sort(self) -> None:
        order = sorted(range(len(self.offsets)), key=self.offsets.__getitem__)
        self.offsets = array("q", (self.offsets[at] for at in order))
        self.causes = array("q", (self.causes[at] for at in order))

    def find(self, offset: int) -> int | None:
        at = bisect_left(self.offsets, offset)
        return at if at < len(self.offsets) and self.offsets[at] == offset else None


def _why(cause: int) -> str:
    return _WHY.get(cause) or f"offset {cause} has its key"


class Removals:
    """Filled by whoever simulates, then `sort`ed, then asked."""

    def __init__(self) -> None:
        self._partitions: dict[int, _OfPartition] = {}

    def superseded(self, partition: int, offset: int, by: int) -> None:
        self._add(partition, offset, by)

    def tombstone(self, partition: int, offset: int) -> None:
        self._add(partition, offset, _TOMBSTONE)

    def without_key(self, partition: int, offset: int) -> None:
        self._add(partition, offset, _WITHOUT_KEY)

    def expired(self, partition: int, offset: int) -> None:
        self._add(partition, offset, _EXPIRED)

    def _add(self, partition: int, offset: int, cause: int) -> None:
        held = self._partitions.get(partition)
        if held is None:
            held = self._partitions[partition] = _OfPartition()
        held.offsets.append(offset)
        held.causes.append(cause)

    def sort(self) -> None:
        for held in self._partitions.values():
            held.sort()

    def __len__(self) -> int:
        return sum(len(held.offsets) for held in self._partitions.values())

    def holds(self, record: Record) -> bool:
        held = self._partitions.get(record.partition)
        return held is not None and held.find(record.offset) is not None

    def why(self, record: Record) -> str:
        """In words, of a record that it holds."""
        held = self._partitions[record.partition]
        at = held.find(record.offset)
        return "" if at is None else _why(held.causes[at])

    def offsets(self) -> dict[int, list[int]]:
        """By partition, in order."""
        return {
            partition: list(held.offsets) for partition, held in sorted(self._partitions.items())
        }
