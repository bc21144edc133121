"""Loads a snapshot's records to a new topic: checks the topic, loads, verifies by a replay."""

from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import chain

from journal.database.scratch import scratch_database
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
from journal.snapshots.record_store import count_stored_records, read_stored_records
from journal.snapshots.store import Snapshot, SnapshotStore

#: The progress after which the topic is read again.
_LOADED = 0.6
_PROGRESS_INTERVAL = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """A topic to load into; `blocked_reason` is empty if a load is possible."""

    topic: str
    partitions: int
    exists: bool
    blocked_reason: str = ""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """`is_same`: a replay of the topic gives the snapshot's digest."""

    snapshot: Snapshot
    topic: str
    records: int
    notes: tuple[str, ...]
    is_same: bool


def check_target(properties: Mapping[str, str], topic: str, partitions: int, own: str) -> Target:
    """Check a topic without creating it; `own` is this node's topic. Raises BrokerError."""
    if topic == own:
        return Target(topic, partitions, True, "It is the journal that this node follows.")
    if not TopicAdmin(properties, topic).exists():
        return Target(topic, partitions, exists=False)
    with closing(RecordConsumer(properties, topic)) as consumer:
        offsets = consumer.offsets()
    blocked_reason = ""
    count = sum(end - start for start, end in offsets.values())
    if count:
        blocked_reason = f"It holds {count:,} records already, which these would be mixed with."
    elif len(offsets) < partitions:
        blocked_reason = f"It has {len(offsets)} partitions; {partitions} are needed."
    return Target(topic, partitions, True, blocked_reason)


def load_snapshot(
    properties: Mapping[str, str],
    store: SnapshotStore,
    snapshot: Snapshot,
    target: Target,
    on_progress: Progress,
) -> LoadResult:
    """Load and verify; raises BrokerError, also when some records are on the topic by then."""
    topic = target.topic
    if target.blocked_reason:
        raise BrokerError(f"Topic {topic} can't be loaded into. {target.blocked_reason}")
    on_progress("Beginning", 0.0)
    with ExitStack() as stack:
        if snapshot.is_point_in_time:
            source = stack.enter_context(
                topic_records(properties, snapshot.topic, snapshot.offsets)
            )
        else:
            file = store.records(snapshot)
            source = RecordSource(count_stored_records(file), lambda: read_stored_records(file))
        prepared = stack.enter_context(prepare_load_target(properties, topic, target.partitions))
        renumbering = Renumbering(prepared.ends)
        loaded, size = 0, source.size

        def report_load(count: int) -> None:
            nonlocal loaded
            loaded = count
            if count % _PROGRESS_INTERVAL == 0:
                part = min(count / max(size, 1), 1.0)
                on_progress(f"Loading, {count:,} records", _LOADED * part)

        records = renumbering.track(chain.from_iterable(source.read()))
        load_records(properties, topic, records, report_load)
    notes = [*renumbering.sentences()]
    if not prepared.keeps_times:
        notes.append(TIMES_REPLACED)
    view = next(view for view in ContentView if view.label == snapshot.content_view)
    with topic_records(properties, topic) as source, scratch_database() as scratch:

        def report_replay(count: int) -> None:
            part = min(count / max(source.size, 1), 1.0)
            on_progress(f"Reading it again, {count:,} records", _LOADED + (1 - _LOADED) * part)

        digest = replay(source.read(), {}, Origin(topic, view), scratch, report_replay).digest
    return LoadResult(snapshot, topic, loaded, tuple(notes), digest == snapshot.digest)
