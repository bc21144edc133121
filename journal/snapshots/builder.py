"""Records to a snapshot's tables, and what is told of it: its digest, outcomes and findings."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

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

#: Hears what is being done and the part done, 0 to 1; what it raises ends the work.
Progress = Callable[[str, float], None]
#: The part of the time after which only the digest and the diagnosis are left.
_REPLAYED = 0.95


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """What is known before the replay; `began` is the part of the work that is done by then."""

    draft: SnapshotDraft
    kind: Kind
    title: str
    offsets: Mapping[int, int]
    on_progress: Progress
    facts: TopicDescription | None = None
    began: float = 0.0


def build_snapshot(
    about: BuildRequest, origin: Origin, records: RecordSource, scratch: ScratchDatabase
) -> Snapshot:
    """Applies the records, and tells what the tables then hold; raises what reading them does."""
    told = _told(records, about)
    outcome = replay(told, about.offsets, origin, scratch, lambda _: None)
    about.on_progress("Judging", _REPLAYED)
    seen = collect_snapshot_observations(scratch.connection, origin.topic, about.facts)
    return Snapshot(
        id=about.draft.id,
        title=about.title,
        kind=about.kind,
        topic=origin.topic,
        topic_id=origin.topic_id,
        made_at=int(time.time() * 1000),
        offsets=about.offsets,
        content_view=origin.view.label,
        digest=outcome.digest,
        outcomes=_outcomes(scratch.connection),
        newest=max((each.last.timestamp for each in seen.tally.partitions.values()), default=0),
        findings=diagnose(seen),
    )


def _told(records: RecordSource, about: BuildRequest) -> Iterator[Sequence[Record]]:
    done, size = 0, max(records.size, 1)
    for batch in records.read():
        yield batch
        done += len(batch)
        part = about.began + (_REPLAYED - about.began) * min(done / size, 1.0)
        about.on_progress(f"Replaying, {done:,} of {records.size:,} records", part)


def _outcomes(connection: BaseDatabaseWrapper) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, COUNT(*) FROM journal_ledgerrow GROUP BY outcome")
        return {str(Outcome(outcome).label): count for outcome, count in cursor.fetchall()}
