"""Offsets that had no record any more when this node came to them, reported until a rebuild."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from journal.database.writer import Writer
from journal.kafka.records import Record


@dataclass(frozen=True, slots=True)
class MissingOffsets:
    """What was noted once: `noticed_at` is in epoch ms, `first` and `last` are included."""

    partition: int
    first: int
    last: int
    count: int
    noticed_at: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing between is left, as where a log's start was deleted."""
        return self.count == self.last - self.first + 1

    @property
    def words(self) -> str:
        if self.count == 1:
            return f"offset {self.first} of partition {self.partition}"
        stretch = f"from {self.first} to {self.last} of partition {self.partition}"
        return f"{'all' if self.is_whole else self.count} offsets {stretch}"


@dataclass(slots=True)
class OffsetGap:
    """`count` of the offsets from `first` to `last`, both included, hold no record."""

    first: int
    last: int
    count: int


def find_gaps(next_offsets: Mapping[int, int], records: Sequence[Record]) -> dict[int, OffsetGap]:
    """By partition, all gaps before and between these records as one."""
    reached = {record.partition: record.offset + 1 for record in records}
    passed = sum(reached[partition] - next_offsets.get(partition, 0) for partition in reached)
    if passed == len(records):
        return {}
    at = dict(next_offsets)
    gaps: dict[int, OffsetGap] = {}
    for record in records:
        before = at.get(record.partition, 0)
        if record.offset > before:
            gap = gaps.setdefault(record.partition, OffsetGap(before, before, 0))
            gap.last = record.offset - 1
            gap.count += record.offset - before
        at[record.partition] = record.offset + 1
    return gaps


def record_missing_offsets(
    writer: Writer, partition: int, first: int, last: int, count: int
) -> None:
    """`count` of the offsets from `first` to `last`; noting it again changes nothing."""
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
    """The oldest first."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT partition, first_offset, last_offset, count, noticed_at "
            "FROM journal_missed ORDER BY id"
        )
        return tuple(MissingOffsets(*row) for row in cursor.fetchall())
