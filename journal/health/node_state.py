"""What the worker's heartbeat and the positions tell of this node."""

import json
import time
from dataclasses import dataclass

import msgspec

from journal.kafka.topic_description import TopicDescription
from journal.models import ContentView, Position, WorkerStatus
from journal.outcomes.activity import activity

#: A worker that has not said a word for so long is dead.
HEARTBEAT_TIMEOUT_MS = 5000

#: The pid in the last word of a worker that ended.
STOPPED_PID = 0


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
    topic_facts: TopicDescription | None = None
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


def has_recent_heartbeat() -> bool:
    """Whether a worker told this process lately that it lives, be it that it can't write so."""
    heartbeat_at = activity.heartbeat_at
    return (
        heartbeat_at is not None and (time.monotonic() - heartbeat_at) * 1000 < HEARTBEAT_TIMEOUT_MS
    )


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
        is_worker_alive=status.pid != STOPPED_PID
        and (time.time() * 1000 - status.beat < HEARTBEAT_TIMEOUT_MS or has_recent_heartbeat()),
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


def _facts(document: str | None) -> TopicDescription | None:
    return None if document is None else msgspec.json.decode(document, type=TopicDescription)
