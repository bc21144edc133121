"""A new journal: planned from this node's tables, written to a topic, verified by a replay."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from uuid import uuid4

from django.db import connection

from journal.database.scratch import scratch_database
from journal.kafka.consumer import RecordConsumer
from journal.kafka.loader import load_records
from journal.kafka.ranges import read_range
from journal.kafka.records import Record
from journal.ledger.upgrades import upgrade_state
from journal.models import ContentView, Position
from journal.projection.content_view import choose_view
from journal.projection.positions import Origin
from journal.projection.replay import FailedRecord, replay
from journal.repair.new_journal.records import StateAsRecords
from journal.repair.new_journal.values import ExpectedDifference
from journal.wire.codec import encode
from journal.wire.dialects import Dialect, Generation, dialect_for
from journal.wire.messages import MessageType
from registry.state.differences import RowChange, compare_states
from registry.state.digest import compute_digest

#: Unexpected differences beyond these are only counted.
_MAX_KEPT = 100

_Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class NewJournalPlan:
    """The records to write; `offsets` are those of the present journal."""

    dialect: Dialect
    topic_version: int
    offsets: Mapping[int, int]
    digest: str
    content_view: str
    counts: Mapping[MessageType, int]
    bytes: int
    expected_differences: tuple[ExpectedDifference, ...]

    @property
    def records(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[Record]:
        now = int(time.time() * 1000)
        for offset, record in enumerate(StateAsRecords(self.dialect, self.topic_version).records()):
            key, value = encode(record.message)
            timestamp = now if record.timestamp is None else record.timestamp
            headers = (("req", str(uuid4()).encode()),)
            yield Record(0, offset, timestamp, "CreateTime", headers, key, value)


@dataclass(frozen=True)
class Verification:
    """A replay of the new topic, compared with this node's tables.

    `expected_rows` and `unexpected_rows` count differing rows; `unexpected` holds the first of the
    latter. `auto_dialect` and `auto_view` are the choices of a node with default settings on the
    new topic, and `auto_digest` is its state digest.
    """

    digest: str
    next_offsets: Mapping[int, int]
    failed_records: tuple[FailedRecord, ...]
    expected_rows: int
    unexpected_rows: int
    unexpected: tuple[RowChange, ...]
    auto_dialect: Dialect | None
    auto_view: str
    auto_digest: str


def plan_new_journal(dialect: Dialect) -> NewJournalPlan:
    """Read all tables and write nothing; call it inside registry.queries.snapshot."""
    version = upgrade_state().version
    state = StateAsRecords(dialect, version)
    counts: Counter[MessageType] = Counter()
    size = 0
    for record in state.records():
        counts[record.message.type] += 1
        size += sum(len(part or b"") for part in encode(record.message))
    positions = list(Position.objects.order_by("partition"))
    view = ContentView(positions[0].content_view if positions else ContentView.FIRST_WINS).label
    return NewJournalPlan(
        dialect=dialect,
        topic_version=version,
        offsets={position.partition: position.next_offset for position in positions},
        digest=compute_digest(connection, view),
        content_view=view,
        counts=counts,
        bytes=size,
        expected_differences=tuple(state.expected_differences),
    )


def write_new_journal(
    plan: NewJournalPlan, properties: Mapping[str, str], topic: str, on_progress: _Progress
) -> None:
    """Load the records to an empty topic, in the snapshot of the plan; raises BrokerError."""
    load_records(properties, topic, plan, lambda done: on_progress(done, plan.records))


def verify_new_journal(
    plan: NewJournalPlan, properties: Mapping[str, str], topic: str, on_progress: _Progress
) -> Verification:
    """Replay the topic into a scratch database, in the snapshot of the plan."""
    view = next(view for view in ContentView if view.label == plan.content_view)
    expected = {
        (difference.table, *difference.key)
        for difference in plan.expected_differences
        if difference.table
    }
    expected_rows = unexpected_rows = 0
    unexpected: list[RowChange] = []
    with closing(RecordConsumer(properties, topic)) as reader, scratch_database() as scratch:
        offsets = reader.offsets()
        starts = {partition: start for partition, (start, _) in offsets.items()}
        ends = {partition: end for partition, (_, end) in offsets.items()}
        result = replay(
            read_range(reader, starts, ends),
            ends,
            Origin(topic, view),
            scratch,
            lambda done: on_progress(done, plan.records),
        )
        is_same = result.digest == plan.digest
        for change in () if is_same else compare_states(connection, scratch.connection):
            key = tuple(change.key.values())
            if any((change.table, *key[:width]) in expected for width in range(1, len(key) + 1)):
                expected_rows += 1
                continue
            unexpected_rows += 1
            if unexpected_rows <= _MAX_KEPT:
                unexpected.append(change)
        with scratch.connection.cursor() as cursor:
            cursor.execute("SELECT MAX(generation) FROM journal_position")
            (generation,) = cursor.fetchone()
        auto_view = choose_view("auto", lambda: plan.dialect is Dialect.V2_6).label
        return Verification(
            digest=result.digest,
            next_offsets=result.next_offsets,
            failed_records=tuple(result.failures),
            expected_rows=expected_rows,
            unexpected_rows=unexpected_rows,
            unexpected=tuple(unexpected),
            auto_dialect=dialect_for(Generation(generation or 0)),
            auto_view=auto_view,
            auto_digest=compute_digest(scratch.connection, auto_view),
        )
