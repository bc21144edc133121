"""Offsets without a record by the time this node reached them, reported until a rebuild."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from journal.database.writer import Writer
from journal.kafka.records import Record


@dataclass(frozen=True, slots=True)
class MissingOffsets:
    """`count` of the offsets from `first` to `last`, both included; `noticed_at` is in epoch ms."""

    partition: int
    first: int
    last: int
    count: int
    noticed_at: int

    @property
    def is_whole(self) -> bool:
        """Check if no record is left between, as after a deletion of the log's start."""
        return self.count == self.last - self.first + 1

    @property
    def description(self) -> str:
        if self.count == 1:
            return f"offset {self.first} of partition {self.partition}"
        span = f"from {self.first} to {self.last} of partition {self.partition}"
        return f"{'all' if self.is_whole else self.count} offsets {span}"


@dataclass(slots=True)
class OffsetGap:
    """`count` of the offsets from `first` to `last`, both included, hold no record."""

    first: int
    last: int
    count: int


def find_gaps(next_offsets: Mapping[int, int], records: Sequence[Record]) -> dict[int, OffsetGap]:
    """Merge the gaps before and between these records into one for each partition."""
    ends = {record.partition: record.offset + 1 for record in records}
    expected = sum(end - next_offsets.get(partition, 0) for partition, end in ends.items())
    if expected == len(records):
        return {}
    following = dict(next_offsets)
    gaps: dict[int, OffsetGap] = {}
    for record in records:
        start = following.get(record.partition, 0)
        if record.offset > start:
            gap = gaps.setdefault(record.partition, OffsetGap(start, start, 0))
            gap.last = record.offset - 1
            gap.count += record.offset - start
        following[record.partition] = record.offset + 1
    return gaps


def record_missing_offsets(
    writer: Writer, partition: int, first: int, last: int, count: int
) -> None:
    """Record a range of offsets, `count` of them without a record; idempotent."""
    writer.write(
        "INSERT INTO journal_missed (partition, first_offset, last_offset, count, noticed_at) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (partition, first_offset) DO UPDATE SET "
        "last_offset = excluded.last_offset, count = excluded.count",
        partition,
        first,
        last,
        count,
        int(time.time() * 1000),
    )


def load_missing_offsets(database: BaseDatabaseWrapper = connection) -> tuple[MissingOffsets, ...]:
    """Load the recorded offsets, oldest first."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT partition, first_offset, last_offset, count, noticed_at "
            "FROM journal_missed ORDER BY id"
        )
        return tuple(MissingOffsets(*row) for row in cursor.fetchall())
