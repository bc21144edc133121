"""The state of this node, from the worker's heartbeat and the positions."""

import json
import time
from dataclasses import dataclass

import msgspec

from journal.kafka.topic_description import TopicDescription
from journal.models import ContentView, Position, WorkerStatus
from journal.outcomes.activity import Activity

#: A worker whose last heartbeat is older counts as dead.
HEARTBEAT_TIMEOUT_MS = 5000
#: The pid in the last heartbeat of a worker that stopped.
STOPPED_PID = 0

_decode_description = msgspec.json.Decoder(TopicDescription).decode


@dataclass(frozen=True, slots=True)
class PartitionState:
    """`applied` and `end_offset` are those of the next record; offsets may lack a record."""

    partition: int
    start_offset: int
    applied: int
    end_offset: int

    @property
    def lag(self) -> int:
        return max(0, self.end_offset - self.applied)


@dataclass(frozen=True, slots=True)
class NodeState:
    """The state shown in the header of every page, and used by the readiness check.

    `last_heartbeat` is in epoch ms, `rate` in records applied a second while the node replays.
    `content_view` is None before the first record. `trouble_kind` is the code of the error behind
    `trouble`, empty if it is not known.
    """

    is_worker_alive: bool
    is_broker_reachable: bool
    is_caught_up: bool
    trouble: str
    last_heartbeat: int
    partitions: tuple[PartitionState, ...] = ()
    generation: int = 0
    topic_description: TopicDescription | None = None
    rate: float = 0.0
    content_view: ContentView | None = None
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
        """Estimate the rest of the replay from its rate; None without a rate."""
        return round(self.lag / self.rate) if self.rate >= 1 else None

    @property
    def replay_progress(self) -> str:
        progress = f"replaying: applied {self.applied:,} of {self.end:,} offsets"
        if self.seconds_left is None:
            return progress
        return f"{progress}, {self.rate:,.0f} a second, about {self.seconds_left:,} s left"

    @property
    def is_only_replaying(self) -> bool:
        """Check if the node is not ready merely because of a replay."""
        is_healthy = self.is_worker_alive and self.is_broker_reachable and not self.trouble
        return is_healthy and not self.is_caught_up

    @property
    def unready_reasons(self) -> tuple[str, ...]:
        """Return the reasons why this node can't serve requests; empty when ready."""
        reasons = []
        if not self.is_worker_alive:
            reasons.append("the journal worker is dead")
        if self.trouble:
            reasons.append(self.trouble)
        if not self.is_broker_reachable:
            reasons.append("the broker is unreachable")
        if not self.is_caught_up:
            reasons.append(self.replay_progress)
        return tuple(reasons)


def has_recent_heartbeat(activity: Activity) -> bool:
    """Check for a heartbeat on the worker's pipe, without the database."""
    received_at = activity.heartbeat_at
    if received_at is None:
        return False
    return (time.monotonic() - received_at) * 1000 < HEARTBEAT_TIMEOUT_MS


def node_state(activity: Activity | None = None) -> NodeState:
    """Read the state; `activity` belongs to a process with reports of the worker.

    Raises django.db.DatabaseError.
    """
    status = WorkerStatus.objects.filter(id=1).first()
    if status is None:
        # A worker that has made its tables just now has not told yet whether a broker is there.
        is_alive = activity is not None and has_recent_heartbeat(activity)
        return NodeState(is_alive, is_alive, False, activity.trouble if activity else "", 0)
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
    description = None
    if status.topic_facts is not None:
        description = _decode_description(status.topic_facts)
    return NodeState(
        is_worker_alive=status.pid != STOPPED_PID
        and (
            time.time() * 1000 - status.beat < HEARTBEAT_TIMEOUT_MS
            or (activity is not None and has_recent_heartbeat(activity))
        ),
        is_broker_reachable=status.is_broker_reachable,
        is_caught_up=status.is_caught_up,
        trouble=(activity.trouble if activity is not None else "") or status.trouble,
        last_heartbeat=status.beat,
        partitions=partitions,
        generation=max((position.generation for position in positions), default=0),
        topic_description=description,
        rate=status.rate,
        content_view=ContentView(positions[0].content_view) if positions else None,
        trouble_kind=status.trouble_kind,
    )
