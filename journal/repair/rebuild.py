"""A rebuild of the tables: records it loses, and the emptying of the tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from journal.database.writer import Writer
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import read_range
from journal.models import Outcome

#: Ordered so that no foreign key is violated.
_TABLES = (
    "registry_reference",
    "registry_label",
    "registry_property",
    "registry_comment",
    "registry_version",
    "registry_artifactrule",
    "registry_artifact",
    "registry_content",
    "registry_group",
    "registry_globalrule",
    "registry_rolemapping",
    "registry_logconfig",
    "registry_configproperty",
    "registry_download",
    "registry_sequence",
    "journal_ledgerrow",
    "journal_position",
    "journal_tally",
    "journal_diagnosis",
    "journal_missed",
    "journal_upgraderstate",
    "journal_upgradecommit",
    # The search index itself may stay: without its position it is stale, and is overwritten.
    "journal_searchposition",
)
_PAGE_SIZE = 20_000
_MAX_NAMED = 5


def empty_tables(writer: Writer) -> None:
    """Empty all tables or none; the caller must hold the worker lock."""
    with writer.transaction():
        for table in _TABLES:
            writer.write(f"DELETE FROM {table}")


@dataclass(frozen=True, slots=True)
class DatabaseOrigin:
    """The topics behind the tables, by name and cluster-wide id."""

    topics: tuple[str, ...]
    topic_ids: frozenset[str]
    next_offsets: Mapping[int, int]
    records: int


def read_origin(writer: Writer) -> DatabaseOrigin:
    rows = writer.read_all("SELECT topic, topic_id, partition, next_offset FROM journal_position")
    (count,) = writer.read("SELECT COUNT(*) FROM journal_ledgerrow")
    return DatabaseOrigin(
        tuple(sorted({row[0] for row in rows})),
        frozenset(row[1] for row in rows if row[1]),
        {row[2]: row[3] for row in rows},
        count,
    )


@dataclass(frozen=True, slots=True)
class LostRecords:
    """Records of one partition in the ledger, but no longer on the topic.

    `ranges` are the first and last offset of each run between records still there.
    """

    partition: int
    records: int
    applied: int
    ranges: tuple[tuple[int, int], ...]


def find_lost_records(
    writer: Writer, reader: RecordConsumer, offsets: Mapping[int, tuple[int, int]]
) -> Iterator[LostRecords]:
    """Compare the ledger's offsets with those of the topic; the tables must come from it."""
    partitions = writer.read_all("SELECT DISTINCT partition FROM journal_ledgerrow ORDER BY 1")
    for (partition,) in partitions:
        start, end = offsets.get(partition, (0, 0))
        batches = read_range(reader, {partition: start}, {partition: end})
        on_topic = (record.offset for records in batches for record in records)
        next_on_topic = next(on_topic, None)
        count = applied = 0
        ranges: list[tuple[int, int]] = []
        continues = False
        for offset, outcome in _ledger_offsets(writer, partition):
            while next_on_topic is not None and next_on_topic < offset:
                next_on_topic = next(on_topic, None)
            if next_on_topic == offset:
                continues = False
                continue
            count += 1
            applied += outcome == Outcome.APPLIED
            first = ranges.pop()[0] if continues else offset
            ranges.append((first, offset))
            continues = True
        if count:
            yield LostRecords(partition, count, applied, tuple(ranges))


def _ledger_offsets(writer: Writer, partition: int) -> Iterator[tuple[int, int]]:
    """Yield offset and outcome of each row, a page at a time."""
    last = -1
    while rows := writer.read_all(
        'SELECT "offset", outcome FROM journal_ledgerrow WHERE partition = %s AND "offset" > %s '
        'ORDER BY "offset" LIMIT %s',
        partition,
        last,
        _PAGE_SIZE,
    ):
        yield from rows
        last = rows[-1][0]


def describe_loss(lost: LostRecords) -> str:
    named = ", ".join(
        str(low) if low == high else f"{low} to {high}" for low, high in lost.ranges[:_MAX_NAMED]
    )
    if len(lost.ranges) > _MAX_NAMED:
        named += f" and {len(lost.ranges) - _MAX_NAMED} more stretches"
    return (
        f"{lost.records} records of partition {lost.partition} ({lost.applied} of them applied) "
        f"are no longer on the topic: offsets {named}. What they did is not derived again."
    )
