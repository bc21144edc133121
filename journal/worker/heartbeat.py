"""The worker's heartbeat, written to its one row."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from journal.database.writer import Writer
from journal.kafka.topic_description import TopicDescription


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """What the worker says of itself, see journal.models.WorkerStatus."""

    pid: int
    is_caught_up: bool
    is_broker_reachable: bool
    offsets: Mapping[int, tuple[int, int]]
    topic_facts: TopicDescription | None
    trouble: str
    #: Records applied a second lately.
    rate: float = 0.0
    #: The class name of the error behind `trouble`.
    trouble_kind: str = ""


def write_heartbeat(writer: Writer, word: Heartbeat) -> None:
    writer.write(
        "INSERT INTO journal_workerstatus (id, pid, beat, is_caught_up, is_broker_reachable, "
        "start_offsets, end_offsets, topic_facts, trouble, rate, trouble_kind) "
        "VALUES (1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET "
        "pid = excluded.pid, beat = excluded.beat, is_caught_up = excluded.is_caught_up, "
        "is_broker_reachable = excluded.is_broker_reachable, "
        "start_offsets = excluded.start_offsets, end_offsets = excluded.end_offsets, "
        "topic_facts = excluded.topic_facts, trouble = excluded.trouble, "
        "rate = excluded.rate, trouble_kind = excluded.trouble_kind",
        word.pid,
        int(time.time() * 1000),
        word.is_caught_up,
        word.is_broker_reachable,
        json.dumps({partition: pair[0] for partition, pair in word.offsets.items()}),
        json.dumps({partition: pair[1] for partition, pair in word.offsets.items()}),
        None if word.topic_facts is None else msgspec.json.encode(word.topic_facts).decode(),
        word.trouble,
        word.rate,
        word.trouble_kind,
    )
