"""Writes the worker's heartbeat to its only row."""

import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from journal.database.writer import Writer
from journal.kafka.topic_description import TopicDescription
from journal.outcomes.pipe import Reporter
from journal.worker.broker_monitor import BrokerMonitor

_INTERVAL = 1.0


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The state of the worker, see journal.models.WorkerStatus."""

    pid: int
    is_caught_up: bool
    is_broker_reachable: bool
    offsets: Mapping[int, tuple[int, int]]
    topic_facts: TopicDescription | None
    trouble: str
    #: Records applied a second since the last heartbeat.
    rate: float = 0.0
    #: The code of the error behind `trouble`.
    trouble_kind: str = ""


@dataclass(frozen=True, slots=True)
class PriorTrouble:
    """The trouble behind the end of the last consume loop, shown until the broker answers."""

    trouble: str = ""
    is_broker_reachable: bool = True
    #: The code of the error behind it.
    kind: str = ""


class HeartbeatWriter:
    """Writes and reports the heartbeat of a consume loop, once a second."""

    def __init__(
        self, writer: Writer, reporter: Reporter, monitor: BrokerMonitor, prior: PriorTrouble
    ) -> None:
        self._writer = writer
        self._reporter = reporter
        self._monitor = monitor
        self._prior = prior
        self._written_at = 0.0
        self.is_caught_up = False
        #: Records applied since the last heartbeat.
        self.applied = 0

    def clear_trouble(self) -> None:
        """Clear the trouble; call it once the broker has answered and records can be applied."""
        self._prior = PriorTrouble()

    def is_due(self) -> bool:
        return time.monotonic() - self._written_at >= _INTERVAL

    def write(self) -> None:
        """Write the heartbeat; raises the errors of `Writer.check_file`, too."""
        self._writer.check_file()
        now = time.monotonic()
        rate = self.applied / max(now - self._written_at, 0.001)
        self._written_at, self.applied = now, 0
        heartbeat = Heartbeat(
            pid=os.getpid(),
            is_caught_up=self.is_caught_up,
            is_broker_reachable=self._monitor.is_reachable,
            offsets=self._monitor.offsets,
            topic_facts=self._monitor.topic_facts,
            trouble=self._prior.trouble,
            rate=0.0 if self.is_caught_up else rate,
            trouble_kind=self._prior.kind,
        )
        write_heartbeat(self._writer, heartbeat)
        self._reporter.heartbeat()


def write_heartbeat(writer: Writer, heartbeat: Heartbeat) -> None:
    topic = heartbeat.topic_facts
    writer.write(
        "INSERT INTO journal_workerstatus (id, pid, beat, is_caught_up, is_broker_reachable, "
        "start_offsets, end_offsets, topic_facts, trouble, rate, trouble_kind) "
        "VALUES (1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET "
        "pid = excluded.pid, beat = excluded.beat, is_caught_up = excluded.is_caught_up, "
        "is_broker_reachable = excluded.is_broker_reachable, "
        "start_offsets = excluded.start_offsets, end_offsets = excluded.end_offsets, "
        "topic_facts = excluded.topic_facts, trouble = excluded.trouble, "
        "rate = excluded.rate, trouble_kind = excluded.trouble_kind",
        heartbeat.pid,
        int(time.time() * 1000),
        heartbeat.is_caught_up,
        heartbeat.is_broker_reachable,
        json.dumps({partition: start for partition, (start, _) in heartbeat.offsets.items()}),
        json.dumps({partition: end for partition, (_, end) in heartbeat.offsets.items()}),
        None if topic is None else msgspec.json.encode(topic).decode(),
        heartbeat.trouble,
        heartbeat.rate,
        heartbeat.trouble_kind,
    )
