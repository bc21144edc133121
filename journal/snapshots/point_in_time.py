"""The registry at an earlier time: this node's journal replayed up to an offset, or to a time.

The replay begins with the tables of a stored snapshot of an earlier position, if there is one.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

from journal.database.scratch import scratch_database
from journal.dumps.sources import topic_records
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import OffsetSpec, resolve_range
from journal.kafka.topics import TopicAdmin
from journal.models import ContentView
from journal.projection.positions import Origin
from journal.snapshots.builder import BuildRequest, Progress, build_snapshot
from journal.snapshots.store import Snapshot, SnapshotStore


@dataclass(frozen=True, slots=True)
class EndPosition:
    """Before an offset, or before a time in epoch ms; without either it is the present end."""

    offsets: OffsetSpec | None = None
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class FollowedJournal:
    """The journal of this node, and the content view of its tables."""

    properties: Mapping[str, str]
    topic: str
    view: ContentView


class PointInTimeSnapshots:
    """Takes snapshots of one journal."""

    def __init__(self, store: SnapshotStore, journal: FollowedJournal) -> None:
        self._store = store
        self._journal = journal

    def take(self, end: EndPosition, on_progress: Progress) -> Snapshot:
        """Return a stored snapshot of this position, or make one.

        Raises BrokerError, and ValueError for a partition the topic does not have.
        """
        on_progress("Asking the broker", 0.0)
        properties, topic = self._journal.properties, self._journal.topic
        with closing(RecordConsumer(properties, topic)) as consumer:
            present = consumer.offsets()
            spec = end.offsets
            if end.timestamp is not None:
                spec = consumer.offsets_for_time(end.timestamp)
        starts, ends = resolve_range(present, None, spec)
        offsets = {partition: max(offset, starts[partition]) for partition, offset in ends.items()}
        topic_id = TopicAdmin(properties, topic).topic_id()
        base = self._nearest(offsets, topic_id)
        if base is not None and base.offsets == offsets:
            return base
        if len(offsets) == 1:
            title = f"Before offset {next(iter(offsets.values())):,}"
        else:
            positions = (f"{partition}:{offset:,}" for partition, offset in sorted(offsets.items()))
            title = f"Before offsets {', '.join(positions)}"
        begin = None if base is None else base.offsets
        tables = None if base is None else self._store.tables(base)
        with self._store.draft() as draft:
            with (
                topic_records(properties, topic, offsets, begin) as records,
                scratch_database(draft.tables, copy_of=tables) as scratch,
            ):
                snapshot = build_snapshot(
                    BuildRequest(draft, "moment", title, offsets, on_progress),
                    Origin(topic, self._journal.view, topic_id),
                    records,
                    scratch,
                )
            return draft.finish(snapshot)

    def _nearest(self, offsets: Mapping[int, int], topic_id: str) -> Snapshot | None:
        """Find the stored snapshot with the fewest records left to replay."""
        # A SQLite file that a replay filled is a checkpoint, as long as topic, content view and
        # projection (SnapshotStore.find) are the same.
        journal = self._journal
        earlier = (
            snapshot
            for snapshot in self._store.all()
            if snapshot.is_point_in_time
            and (snapshot.topic, snapshot.topic_id) == (journal.topic, topic_id)
            and snapshot.content_view == journal.view.label
            and all(
                offset <= offsets.get(partition, -1)
                for partition, offset in snapshot.offsets.items()
            )
        )
        return max(earlier, key=lambda snapshot: sum(snapshot.offsets.values()), default=None)
