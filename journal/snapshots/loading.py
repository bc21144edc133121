"""Puts a snapshot's records on a new topic: looked at first, then loaded, proven by a replay."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from journal.database.scratch import scratch_database
from journal.dumps.reading import DumpRecord, dump_record
from journal.dumps.renumbering import Renumbering
from journal.dumps.sources import RecordSource, topic_records
from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError
from journal.kafka.load_targets import TIMES_REPLACED, prepare_load_target
from journal.kafka.loader import load_records
from journal.kafka.topics import TopicAdmin
from journal.models import ContentView
from journal.projection.positions import Origin
from journal.projection.replay import replay
from journal.snapshots.builder import Progress
from journal.snapshots.record_store import StoredRecords
from journal.snapshots.store import Snapshot, SnapshotStore

#: The part of the time after which the topic is read again.
_LOADED = 0.6


@dataclass(frozen=True, slots=True)
class Target:
    """A topic to load into: `exists` tells whether it is there, `why_not` why it can't be taken."""

    topic: str
    partitions: int
    exists: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """`is_same` tells whether a replay of the topic gives the snapshot's digest."""

    snapshot: Snapshot
    topic: str
    records: int
    sentences: tuple[str, ...]
    is_same: bool


class _FromTopic:
    """The records of a moment, as they are on the topic now."""

    def __init__(self, records: RecordSource) -> None:
        self._records = records

    def __len__(self) -> int:
        return self._records.size

    def __iter__(self) -> Iterator[DumpRecord]:
        for batch in self._records.read():
            for each in batch:
                yield dump_record(each)


_Held = StoredRecords | _FromTopic


class _Noted:
    """The same records, with a note of how their offsets change."""

    def __init__(self, records: _Held, renumbering: Renumbering, on_progress: Progress) -> None:
        self._records = records
        self._renumbering = renumbering
        self._on_progress = on_progress
        self.count = 0

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[DumpRecord]:
        for each in self._records:
            self.count += 1
            if self.count % 1000 == 0:
                part = self.count / max(len(self), 1)
                self._on_progress(f"Loading, {self.count:,} records", _LOADED * min(part, 1.0))
            self._renumbering.note(each.partition, each.offset)
            yield each


def check_target(properties: Mapping[str, str], topic: str, partitions: int, own: str) -> Target:
    """Nothing is made yet; `own` is the topic of this node. Raises BrokerError."""
    if topic == own:
        return Target(topic, partitions, True, "It is the journal that this node follows.")
    if not TopicAdmin(properties, topic).exists():
        return Target(topic, partitions, exists=False)
    reader = RecordConsumer(properties, topic)
    try:
        offsets = reader.offsets()
    finally:
        reader.close()
    return Target(topic, partitions, True, _why_not(offsets, partitions))


def _why_not(offsets: Mapping[int, tuple[int, int]], partitions: int) -> str:
    held = sum(end - start for start, end in offsets.values())
    if held:
        return f"It holds {held:,} records already, which these would be mixed with."
    if len(offsets) < partitions:
        return f"It has {len(offsets)} partitions; {partitions} are needed."
    return ""


def load_snapshot(
    properties: Mapping[str, str],
    shelf: SnapshotStore,
    snapshot: Snapshot,
    target: Target,
    tell: Progress,
) -> LoadResult:
    """Raises BrokerError, whose text tells if a part of the records is on the topic by then."""
    if target.why_not:
        raise BrokerError(f"Topic {target.topic} can't be loaded into. {target.why_not}")
    tell("Beginning", 0.0)
    with (
        _records(properties, shelf, snapshot) as records,
        prepare_load_target(properties, target.topic, target.partitions) as empty,
    ):
        renumbering = Renumbering(empty.ends)
        noted = _Noted(records, renumbering, tell)
        load_records(properties, target.topic, noted, lambda done, size: None)
    sentences = tuple(renumbering.sentences())
    if not empty.keeps_times:
        sentences = (*sentences, TIMES_REPLACED)
    digest = _digest(properties, snapshot, target.topic, tell)
    return LoadResult(snapshot, target.topic, noted.count, sentences, digest == snapshot.digest)


@contextmanager
def _records(
    properties: Mapping[str, str], shelf: SnapshotStore, snapshot: Snapshot
) -> Iterator[_Held]:
    if not snapshot.is_moment:
        yield StoredRecords(shelf.records(snapshot))
        return
    with topic_records(properties, snapshot.topic, snapshot.offsets) as records:
        yield _FromTopic(records)


def _digest(properties: Mapping[str, str], snapshot: Snapshot, topic: str, tell: Progress) -> str:
    view = next(each for each in ContentView if each.label == snapshot.content_view)
    with topic_records(properties, topic) as records, scratch_database() as scratch:

        def told(done: int) -> None:
            part = min(done / max(records.size, 1), 1.0)
            tell(f"Reading it again, {done:,} records", _LOADED + (1 - _LOADED) * part)

        return replay(records.read(), {}, Origin(topic, view), scratch, told).digest
