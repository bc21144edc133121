"""The registry as it was: this node's journal replayed up to some offset, or to a time.

A kept snapshot of an earlier moment is where the replay of a later one begins.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from journal.database.scratch import scratch_database
from journal.dumps.sources import topic_records
from journal.kafka.consumer import RecordConsumer
from journal.kafka.ranges import OffsetSpec, resolve_range
from journal.kafka.topics import TopicAdmin
from journal.models import ContentView
from journal.projection.positions import Origin
from journal.snapshots.builder import BuildRequest, Progress, build_snapshot
from journal.snapshots.store import Snapshot, SnapshotStore

Offsets = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class EndPosition:
    """A moment: before an offset, or before a time in epoch ms; with neither it is now."""

    place: OffsetSpec | None = None
    timestamp: int | None = None


@dataclass(frozen=True, slots=True)
class FollowedJournal:
    """The journal that this node follows, and the view that its tables are built in."""

    properties: Mapping[str, str]
    topic: str
    view: ContentView


class PointInTimeSnapshots:
    """Takes snapshots of one journal."""

    def __init__(self, shelf: SnapshotStore, followed: FollowedJournal) -> None:
        self._shelf = shelf
        self._followed = followed

    def take(self, until: EndPosition, on_progress: Progress) -> Snapshot:
        """One that is kept already, or a new one.

        Raises BrokerError, and ValueError if a partition is named that the topic does not have.
        """
        on_progress("Asking the broker", 0.0)
        followed = self._followed
        offsets = self._offsets(until)
        topic_id = TopicAdmin(followed.properties, followed.topic).topic_id()
        begin = self._nearest(offsets, topic_id)
        if begin is not None and begin.offsets == offsets:
            return begin
        return self._replay(
            offsets, Origin(followed.topic, followed.view, topic_id), begin, on_progress
        )

    def _offsets(self, until: EndPosition) -> dict[int, int]:
        with closing(RecordConsumer(self._followed.properties, self._followed.topic)) as reader:
            held = reader.offsets()
            place = until.place
            if until.timestamp is not None:
                place = reader.offsets_for_time(until.timestamp)
        starts, ends = resolve_range(held, None, place)
        return {partition: max(end, starts[partition]) for partition, end in ends.items()}

    def _nearest(self, offsets: Offsets, topic_id: str) -> Snapshot | None:
        """The kept one from which the least is left to replay."""
        followed = self._followed
        fitting = [
            each
            for each in self._shelf.all()
            if each.is_moment
            and (each.topic, each.topic_id) == (followed.topic, topic_id)
            and each.content_view == followed.view.label
            and all(at <= offsets.get(partition, -1) for partition, at in each.offsets.items())
        ]
        return max(fitting, key=lambda each: sum(each.offsets.values()), default=None)

    def _replay(
        self, offsets: Offsets, origin: Origin, begin: Snapshot | None, on_progress: Progress
    ) -> Snapshot:
        starts = None if begin is None else begin.offsets
        tables = None if begin is None else self._shelf.tables(begin)
        with self._shelf.draft() as draft:
            about = BuildRequest(draft, "moment", _title(offsets), offsets, on_progress)
            with (
                topic_records(self._followed.properties, origin.topic, offsets, starts) as records,
                scratch_database(draft.tables, copy_of=tables) as scratch,
            ):
                snapshot = build_snapshot(about, origin, records, scratch)
            return draft.finish(snapshot)


def _title(offsets: Offsets) -> str:
    if len(offsets) == 1:
        return f"Before offset {next(iter(offsets.values())):,}"
    places = ", ".join(f"{partition}:{at:,}" for partition, at in sorted(offsets.items()))
    return f"Before offsets {places}"


def parse_time(text: str) -> int:
    """Of an ISO date, in UTC if it names no zone; raises ValueError."""
    when = datetime.fromisoformat(text)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
