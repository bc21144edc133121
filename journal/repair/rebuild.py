"""What a rebuild of the tables loses, and the emptying of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from journal.database.writer import Writer
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import read_range
from journal.models import Outcome

#: In an order that no foreign key minds.
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
    # What is kept to search by is believed no longer, and overwritten as it is made anew.
    "journal_searchposition",
)


def empty_tables(writer: Writer) -> None:
    """All of them or none; call it with the claim on the database."""
    with writer.transaction():
        for table in _TABLES:
            writer.write(f"DELETE FROM {table}")


_PAGE = 20_000

#: So many stretches of lost records are told one by one.
_TOLD = 5


@dataclass(frozen=True, slots=True)
class LostRecords:
    """Records of one partition, in the order of the journal, that only the ledger knows."""

    partition: int
    records: int
    applied: int
    #: First and last offset of each stretch between records that are still there.
    stretches: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _Tally:
    records: int = 0
    applied: int = 0
    stretches: list[tuple[int, int]] = field(default_factory=list)

    def add(self, offset: int, outcome: int, continues: bool) -> None:
        self.records += 1
        self.applied += outcome == Outcome.APPLIED
        if continues and self.stretches:
            self.stretches[-1] = (self.stretches[-1][0], offset)
        else:
            self.stretches.append((offset, offset))


@dataclass(frozen=True, slots=True)
class DatabaseOrigin:
    """From which topic the tables come, by its name and the cluster's id, and how many records."""

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


def find_lost_records(
    writer: Writer, reader: RecordConsumer, offsets: Mapping[int, tuple[int, int]]
) -> Iterator[LostRecords]:
    """Compares every offset in the ledger with the topic, which must be the tables' own."""
    partitions = writer.read_all("SELECT DISTINCT partition FROM journal_ledgerrow ORDER BY 1")
    for (partition,) in partitions:
        on_topic = _on_topic(reader, partition, offsets.get(partition, (0, 0)))
        tally = _tally(_in_ledger(writer, partition), on_topic)
        if tally.records:
            yield LostRecords(partition, tally.records, tally.applied, tuple(tally.stretches))


def _tally(in_ledger: Iterable[tuple[int, int]], on_topic: Iterator[int]) -> _Tally:
    tally = _Tally()
    there = next(on_topic, None)
    continues = False
    for offset, outcome in in_ledger:
        while there is not None and there < offset:
            there = next(on_topic, None)
        if there == offset:
            continues = False
            continue
        tally.add(offset, outcome, continues)
        continues = True
    return tally


def _on_topic(reader: RecordConsumer, partition: int, bounds: tuple[int, int]) -> Iterator[int]:
    start, end = bounds
    for records in read_range(reader, {partition: start}, {partition: end}):
        yield from (record.offset for record in records)


def _in_ledger(writer: Writer, partition: int) -> Iterator[tuple[int, int]]:
    at = -1
    while rows := writer.read_all(
        'SELECT "offset", outcome FROM journal_ledgerrow WHERE partition = %s AND "offset" > %s '
        'ORDER BY "offset" LIMIT %s',
        partition,
        at,
        _PAGE,
    ):
        yield from rows
        at = rows[-1][0]


def describe_loss(lost: LostRecords) -> str:
    """For the operator who decides."""
    told = ", ".join(
        str(low) if low == high else f"{low} to {high}" for low, high in lost.stretches[:_TOLD]
    )
    if len(lost.stretches) > _TOLD:
        told += f" and {len(lost.stretches) - _TOLD} more stretches"
    return (
        f"{lost.records} records of partition {lost.partition} ({lost.applied} of them applied) "
        f"are no longer on the topic: offsets {told}. What they did is not derived again."
    )
