"""Topics that no registry would have made: the tools end, and lose nothing of them."""

import os
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from journal.dumps.reading import read_ordered
from tests.integration.signaled import SEGMENT
from tests.integration.test_tools_backup import (
    DRAW,
    backed_up,
    new_topic,
    produce,
    replayed,
    restored,
)
from tests.tools import call, signaled
from tests.waiting import DEADLINE, until

pytestmark = pytest.mark.usefixtures("sqlite_database")


def contents(topic: str, tmp_path: Path, form: str = "jsonl") -> list[list[Any]]:
    """By partition, what `dump` writes of each record but for its offset."""
    file = tmp_path / f"{topic}.{form}"
    call("dump", "--topic", topic, "--format", form, "--output", file)
    with file.open("rb") as lines:
        found = [(each.partition, each) for each in read_ordered(lines)]
    return [
        [(each.key, each.value, each.headers, each.timestamp) for at, each in found if at == number]
        for number in range(3)
    ]


def test_records_of_any_kind_come_through_dump_backup_and_restore(
    broker: str, tmp_path: Path
) -> None:
    name = new_topic(broker)
    producer = Producer({"bootstrap.servers": broker, "message.max.bytes": 16_000_000})
    headers: list[tuple[str, str | bytes | None]] = [("req", b"\xff"), ("req", None), ("", b"")]
    for key, value in (
        (None, b"\x02"),
        (b"", b""),
        (b"\x63key", None),
        (b"EnsidXVpZCI6ImNvbXBhY3QifQ==", os.urandom(1000)),
        (b"\x02{}", b"\x02" + os.urandom(10 * 1024 * 1024)),
    ):
        producer.produce(name, key=key, value=value, headers=headers, partition=0)
    assert producer.flush(DEADLINE) == 0

    before = contents(name, tmp_path)
    assert len(before[0]) == 5
    assert contents(name, tmp_path, "envelope-base64") == before
    backed_up(tmp_path / "backup", "--topic", name)
    assert contents(restored(tmp_path / "backup"), tmp_path) == before


def test_every_partition_comes_through(broker: str, tmp_path: Path) -> None:
    name = new_topic(broker, 3)
    producer = Producer({"bootstrap.servers": broker})
    for at in range(300):
        producer.produce(
            name, key=DRAW[0], value=DRAW[1], headers={"req": str(at)}, partition=at % 2
        )
        if at == 150:
            producer.flush(DEADLINE)
            backed_up(tmp_path / "backup", "--topic", name)
    assert producer.flush(DEADLINE) == 0

    done = backed_up(tmp_path / "backup", "--topic", name)

    assert (done["records"], done["nextOffsets"]) == (300, {"0": 150, "1": 150, "2": 0})
    copy = restored(tmp_path / "backup")
    assert contents(copy, tmp_path) == contents(name, tmp_path)
    assert replayed("--topic", copy) == replayed("--topic", name)
    assert replayed("--topic", name, "--to", "0:10,1:5")["records"] == 15
    assert len(call("tail", "--topic", name, "-n", 20).splitlines()) == 20


def test_a_topic_that_ends_in_offsets_without_a_record_has_an_end(
    broker: str, tmp_path: Path
) -> None:
    """A transaction's mark takes an offset that nobody reads."""
    name = new_topic(broker)
    producer = Producer({"bootstrap.servers": broker, "transactional.id": name})
    producer.init_transactions(DEADLINE)
    producer.begin_transaction()
    producer.produce(name, key=DRAW[0], value=DRAW[1], partition=0)
    producer.commit_transaction(DEADLINE)

    # The broker answers before it has written the mark.
    until(lambda: replayed("--topic", name)["offsets"] == {"0": 2})
    assert replayed("--topic", name)["records"] == 1
    first, second = (backed_up(tmp_path / "backup", "--topic", name) for _ in range(2))
    assert (first["added"], first["nextOffsets"]) == (1, {"0": 2})
    assert second["added"] == 0
    assert len(call("tail", "--topic", name).splitlines()) == 1


def test_an_interrupted_dump_leaves_no_file_and_does_not_look_like_success(
    broker: str, tmp_path: Path
) -> None:
    name, file = new_topic(broker), tmp_path / "dump"
    produce(broker, name, 3 * SEGMENT)
    arguments = ("dump", "--topic", name, "--output", str(file))
    with signaled("SIGINT", *arguments, KAFKA_BOOTSTRAP_SERVERS=broker) as process:
        assert process.communicate()[1] == "CommandError: Interrupted\n"
        assert process.returncode == 130
    assert list(tmp_path.glob("dump*")) == []
