"""What the ledger, the positions and the worker's word tell."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from django.db.models import Count

from journal.activity import activity
from journal.ledger_filter import said_with
from journal.models import ContentView, LedgerRow, Outcome, Position, WorkerStatus
from journal.outcomes import Effect
from journal.topic_facts import TopicFacts

#: A worker that has not said a word for so long is dead.
SILENCE_MS = 5000
#: The pid in the last word of a worker that ended.
GONE = 0
_ASKED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PartitionState:
    """Offsets are of the next record; `lag` counts offsets, which compaction may leave unused."""

    partition: int
    start_offset: int
    applied: int
    end_offset: int

    @property
    def lag(self) -> int:
        return max(0, self.end_offset - self.applied)


@dataclass(frozen=True, slots=True)
class NodeState:
    """What the header of every page and the readiness check say."""

    is_worker_alive: bool
    is_broker_reachable: bool
    is_caught_up: bool
    trouble: str
    beat: int
    partitions: tuple[PartitionState, ...] = ()
    generation: int = 0
    topic_facts: TopicFacts | None = None
    #: Records applied a second lately, while it replays.
    rate: float = 0.0
    #: In which the tables were built; None before the first record.
    content_view: ContentView | None = None
    #: The class name of the error behind `trouble`, empty if that is not known.
    trouble_kind: str = ""

    @property
    def applied(self) -> int:
        return sum(partition.applied for partition in self.partitions)

    @property
    def end(self) -> int:
        return sum(partition.end_offset for partition in self.partitions)

    @property
    def lag(self) -> int:
        return sum(partition.lag for partition in self.partitions)

    @property
    def seconds_left(self) -> int | None:
        """Of the replay, at its present rate; None while nobody can tell."""
        return round(self.lag / self.rate) if self.rate >= 1 else None

    @property
    def replay_words(self) -> str:
        """How far the replay is, for people."""
        words = f"replaying: applied {self.applied:,} of {self.end:,} offsets"
        if self.seconds_left is None:
            return words
        return f"{words}, {self.rate:,.0f} a second, about {self.seconds_left:,} s left"

    @property
    def is_only_replaying(self) -> bool:
        """Not ready, but nothing is wrong."""
        is_well = self.is_worker_alive and self.is_broker_reachable and not self.trouble
        return is_well and not self.is_caught_up

    @property
    def unready_reasons(self) -> tuple[str, ...]:
        """Why no request should come here; empty when ready."""
        reasons = []
        if not self.is_worker_alive:
            reasons.append("the journal worker is dead")
        if self.trouble:
            reasons.append(self.trouble)
        if not self.is_broker_reachable:
            reasons.append("the broker is unreachable")
        if not self.is_caught_up:
            reasons.append(self.replay_words)
        return tuple(reasons)


def ledger_rows(*, after: int, limit: int) -> list[LedgerRow]:
    """Newest first; of the rows with ids above `after` those that follow it most closely."""
    return list(LedgerRow.objects.filter(id__gt=after).order_by("id")[:limit])[::-1]


def ledger_row(partition: int, offset: int) -> LedgerRow | None:
    return LedgerRow.objects.filter(partition=partition, offset=offset).first()


def newest_changes(limit: int) -> list[LedgerRow]:
    """The newest records that were applied and are about an artifact."""
    rows = LedgerRow.objects.filter(outcome=Outcome.APPLIED, artifact_id__isnull=False)
    return list(rows.order_by("-id")[:limit])


def last_ledger_id() -> int:
    row = LedgerRow.objects.order_by("-id").values_list("id", flat=True).first()
    return row or 0


def ledger_ends() -> tuple[int, int]:
    """The ids of the first and the last row; zeros without any."""
    # Not as two aggregates of one query: SQLite would look through all rows.
    first = LedgerRow.objects.order_by("id").values_list("id", flat=True).first()
    return first or 0, last_ledger_id()


def outcome_of(req: str) -> LedgerRow | None:
    return said_with([req]).order_by("id").first()


def effect_of(row: LedgerRow) -> Effect:
    """The outcome as the worker told it when it applied the record."""
    return Effect(Outcome(row.outcome), row.error, row.reason, row.remark, row.result)


def effects_of(reqs: Sequence[str]) -> Iterator[tuple[str | None, Effect]]:
    """The outcomes that are known; of records that share a req the first is what counts."""
    for start in range(0, len(reqs), _ASKED_AT_ONCE):
        some = reqs[start : start + _ASKED_AT_ONCE]
        for row in said_with(some).order_by("id"):
            yield row.req, effect_of(row)


def offsets_around(row: LedgerRow) -> dict[int, int]:
    """What to read next in each partition just before this record was applied."""
    offsets = {row.partition: row.offset}
    for partition in Position.objects.exclude(partition=row.partition).values_list(
        "partition", flat=True
    ):
        earlier = LedgerRow.objects.filter(partition=partition, id__lt=row.id)
        last = earlier.order_by("-id").values_list("offset", flat=True).first()
        offsets[partition] = 0 if last is None else last + 1
    return offsets


def count_by_outcome() -> dict[Outcome, int]:
    """Only the outcomes that need a look: all but APPLIED."""
    troubles = LedgerRow.objects.exclude(outcome=Outcome.APPLIED)
    counts = dict(troubles.order_by().values_list("outcome").annotate(Count("id")))
    return {
        outcome: counts.get(outcome, 0) for outcome in Outcome if outcome is not Outcome.APPLIED
    }


def is_worker_heard() -> bool:
    """Whether a worker told this process lately that it lives, be it that it can't write so."""
    heard_at = activity.heard_at
    return heard_at is not None and (time.monotonic() - heard_at) * 1000 < SILENCE_MS


def node_state() -> NodeState:
    status = WorkerStatus.objects.filter(id=1).first()
    if status is None:
        return NodeState(False, False, False, "", 0)
    starts = json.loads(status.start_offsets)
    ends = json.loads(status.end_offsets)
    positions = list(Position.objects.order_by("partition"))
    partitions = tuple(
        PartitionState(
            partition=position.partition,
            start_offset=starts.get(str(position.partition), 0),
            applied=position.next_offset,
            end_offset=max(ends.get(str(position.partition), 0), position.next_offset),
        )
        for position in positions
    )
    return NodeState(
        is_worker_alive=status.pid != GONE
        and (time.time() * 1000 - status.beat < SILENCE_MS or is_worker_heard()),
        is_broker_reachable=status.is_broker_reachable,
        is_caught_up=status.is_caught_up,
        trouble=activity.trouble or status.trouble,
        beat=status.beat,
        partitions=partitions,
        generation=max((position.generation for position in positions), default=0),
        topic_facts=_facts(status.topic_facts),
        rate=status.rate,
        content_view=ContentView(positions[0].content_view) if positions else None,
        trouble_kind=status.trouble_kind,
    )


def _facts(document: str | None) -> TopicFacts | None:
    return None if document is None else msgspec.json.decode(document, type=TopicFacts)
