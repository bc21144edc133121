"""A new journal: this node's whole state on an empty topic, proven by a replay of that topic."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.db import connection

from journal.database.scratch import ScratchDatabase, scratch_database
from journal.kafka.consumer import RecordConsumer
from journal.kafka.loader import load_records
from journal.kafka.ranges import read_range
from journal.kafka.records import Headers
from journal.ledger.upgrades import upgrade_state
from journal.models import ContentView, Position
from journal.projection.content_view import choose_view
from journal.projection.positions import Origin
from journal.projection.replay import FailedRecord, ReplayResult, replay
from journal.repair.new_journal.records import StateAsRecords
from journal.repair.new_journal.values import ExpectedDifference
from journal.wire.codec import encode
from journal.wire.dialects import Dialect, Generation, dialect_for
from journal.wire.messages import MessageType
from registry.state.differences import Change, differences
from registry.state.digest import digest

#: Differences beyond these are counted only.
_TOLD = 100

_Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Loadable:
    """A record as journal.kafka.consumer loads it."""

    partition: int
    timestamp_ms: int
    headers: Headers
    key: bytes | None
    value: bytes | None


@dataclass(frozen=True)
class NewJournalPlan:
    """What would be written; `offsets` are of the journal that the state comes from."""

    dialect: Dialect
    topic_version: int
    offsets: Mapping[int, int]
    digest: str
    content_view: str
    counts: Mapping[MessageType, int]
    bytes: int
    foretold: tuple[ExpectedDifference, ...]

    @property
    def records(self) -> int:
        return sum(self.counts.values())

    def __len__(self) -> int:
        return self.records

    def __iter__(self) -> Iterator[_Loadable]:
        now = int(time.time() * 1000)
        for each in StateAsRecords(self.dialect, self.topic_version).records():
            key, value = encode(each.message)
            at = now if each.timestamp is None else each.timestamp
            yield _Loadable(0, at, (("req", str(uuid4()).encode()),), key, value)


@dataclass(frozen=True)
class Verification:
    """The new topic replayed: `foretold` and `unforetold` are rows that differ, by their number.

    `auto_dialect` is what a node finds out by itself there, `auto_view` the content view that it
    takes, and `auto_digest` what it then tells.
    """

    digest: str
    next_offsets: Mapping[int, int]
    troubles: tuple[FailedRecord, ...]
    foretold: int
    unforetold: int
    some: tuple[Change, ...]
    auto_dialect: Dialect | None
    auto_view: str
    auto_digest: str


def plan_new_journal(dialect: Dialect) -> NewJournalPlan:
    """Reads everything, writes nothing; inside registry.queries.snapshot."""
    version = upgrade_state().version
    rewriting = StateAsRecords(dialect, version)
    counts: Counter[MessageType] = Counter()
    size = 0
    for each in rewriting.records():
        counts[each.message.type] += 1
        size += sum(len(part or b"") for part in encode(each.message))
    positions = list(Position.objects.order_by("partition"))
    view = ContentView(positions[0].content_view if positions else ContentView.FIRST_WINS).label
    return NewJournalPlan(
        dialect=dialect,
        topic_version=version,
        offsets={each.partition: each.next_offset for each in positions},
        digest=digest(connection, view),
        content_view=view,
        counts=counts,
        bytes=size,
        foretold=tuple(rewriting.foretold),
    )


def write_new_journal(
    planned: NewJournalPlan, properties: Mapping[str, str], topic: str, on_progress: _Progress
) -> None:
    """Onto an empty topic, in the snapshot of the plan; raises BrokerError."""
    load_records(properties, topic, planned, on_progress)


def verify_new_journal(
    planned: NewJournalPlan, properties: Mapping[str, str], topic: str, on_progress: _Progress
) -> Verification:
    """Replays the topic into a scratch database, in the snapshot of the plan."""
    view = next(each for each in ContentView if each.label == planned.content_view)
    reader = RecordConsumer(properties, topic)
    try:
        offsets = reader.offsets()
        starts = {partition: start for partition, (start, _) in offsets.items()}
        ends = {partition: end for partition, (_, end) in offsets.items()}
        with scratch_database() as scratch:
            found = replay(
                read_range(reader, starts, ends),
                ends,
                Origin(topic, view),
                scratch,
                lambda done: on_progress(done, planned.records),
            )
            return _verdict(planned, found, scratch)
    finally:
        reader.close()


def _verdict(
    planned: NewJournalPlan,
    found: ReplayResult,
    scratch: ScratchDatabase,
) -> Verification:
    foretold, odd, some = 0, 0, []
    if found.digest != planned.digest:
        index = _Index(planned.foretold)
        for each in differences(connection, scratch.connection):
            if index.covers(each):
                foretold += 1
            else:
                odd += 1
                some += [each] if odd <= _TOLD else []
    is_newest = planned.dialect is Dialect.V2_6
    view = choose_view("auto", lambda: is_newest).label
    return Verification(
        digest=found.digest,
        next_offsets=found.next_offsets,
        troubles=tuple(found.troubles),
        foretold=foretold,
        unforetold=odd,
        some=tuple(some),
        auto_dialect=dialect_for(_generation(scratch)),
        auto_view=view,
        auto_digest=digest(scratch.connection, view),
    )


class _Index:
    """Which differences were foretold, looked up by the beginning of their key."""

    def __init__(self, foretold: tuple[ExpectedDifference, ...]) -> None:
        self._places = {(each.table, *each.key) for each in foretold if each.table}

    def covers(self, change: Change) -> bool:
        key = tuple(change.key.values())
        return any((change.table, *key[:width]) in self._places for width in range(1, len(key) + 1))


def _generation(scratch: ScratchDatabase) -> Generation:
    with scratch.connection.cursor() as cursor:
        cursor.execute("SELECT MAX(generation) FROM journal_position")
        row = cursor.fetchone()
    return Generation(row[0] or 0)
