"""Builds a snapshot by replaying records, with its digest, outcomes and findings."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from journal.database.scratch import ScratchDatabase
from journal.dumps.sources import RecordSource
from journal.health.collector import collect_snapshot_observations
from journal.health.diagnosis import diagnose
from journal.kafka.records import Record
from journal.kafka.topic_description import TopicDescription
from journal.models import Outcome
from journal.projection.positions import Origin
from journal.projection.replay import replay
from journal.snapshots.store import Kind, Snapshot, SnapshotDraft

#: Receives the stage and the progress, 0 to 1; an exception from it ends the work.
Progress = Callable[[str, float], None]
#: The progress after which only the digest and the diagnosis are left.
_REPLAYED = 0.95


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """The input of a build; `progress` is the part of the work already done."""

    draft: SnapshotDraft
    kind: Kind
    title: str
    offsets: Mapping[int, int]
    on_progress: Progress
    topic_description: TopicDescription | None = None
    progress: float = 0.0


def build_snapshot(
    request: BuildRequest, origin: Origin, records: RecordSource, scratch: ScratchDatabase
) -> Snapshot:
    """Apply the records, and describe the tables; raises the errors of reading the records."""

    def read() -> Iterator[Sequence[Record]]:
        count, size = 0, max(records.size, 1)
        for batch in records.read():
            yield batch
            count += len(batch)
            progress = request.progress + (_REPLAYED - request.progress) * min(count / size, 1.0)
            request.on_progress(f"Replaying, {count:,} of {records.size:,} records", progress)

    result = replay(read(), request.offsets, origin, scratch, lambda _: None)
    request.on_progress("Judging", _REPLAYED)
    observations = collect_snapshot_observations(
        scratch.connection, origin.topic, request.topic_description
    )
    partitions = observations.tally.partitions.values()
    with scratch.connection.cursor() as cursor:
        # Not the replay's own count: the tables may begin with those of an earlier snapshot.
        cursor.execute("SELECT outcome, COUNT(*) FROM journal_ledgerrow GROUP BY outcome")
        outcomes = {str(Outcome(outcome).label): count for outcome, count in cursor.fetchall()}
    return Snapshot(
        id=request.draft.id,
        title=request.title,
        kind=request.kind,
        topic=origin.topic,
        topic_id=origin.topic_id,
        made_at=int(time.time() * 1000),
        offsets=request.offsets,
        content_view=origin.view.label,
        digest=result.digest,
        outcomes=outcomes,
        newest=max((partition.last.timestamp for partition in partitions), default=0),
        findings=diagnose(observations),
    )
