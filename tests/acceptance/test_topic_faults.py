"""The topic loses records, or is another one: tables are kept, and the node says what is so."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
)
from confluent_kafka.cimpl import NewTopic

from journal.kafka.consumer import RecordConsumer
from journal.kafka.embedded import EmbeddedBroker
from journal.kafka.ranges import read_range
from tests.acceptance.faults import (
    digest,
    has,
    is_as_a_clean_replay,
    is_live,
    is_ready,
    readiness,
    reasons,
    store,
    upload,
)
from tests.kafka_fixture import create_topic
from tests.nodes import ROOT, NodeProcess, node_process
from tests.waiting import DEADLINE, until

COMPACTED = {
    "cleanup.policy": "compact",
    "segment.ms": "100",
    "min.cleanable.dirty.ratio": "0.01",
    "delete.retention.ms": "0",
}
#: An id record as nodes before 2.1.4 say it: all of them have one key.
OLD_ID_KEY = b'\x08{"tenantId":"_"}'
OLD_ID_VALUE = b'\x08{"action":"CREATE"}'


@pytest.fixture
def node(kafka: str, topic: str, tmp_path: Path, free_port: int) -> Iterator[NodeProcess]:
    """Not started yet."""
    process = node_process(
        tmp_path / "home",
        free_port,
        KAFKA_BOOTSTRAP_SERVERS=kafka,
        JOURNAL_TOPIC=topic,
        JOURNAL_RESPONSE_TIMEOUT="2",
    )
    yield process
    process.stop()


@pytest.fixture
def admin(kafka: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": kafka})


def manage(node: NodeProcess, *arguments: str) -> str:
    """What an operator sees who runs this beside the node."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, **node.environment},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    return done.stdout + done.stderr


def told_missing(node: NodeProcess) -> str:
    """The readiness check's warning; empty if nothing was missed."""
    checks = {check["name"]: check for check in readiness(node)["checks"]}
    assert checks["completeness"]["status"] == "UP"
    return str(checks["completeness"].get("warning", ""))


def findings(node: NodeProcess) -> list[str]:
    said = manage(node, "diagnose", "--json")
    return [each["code"] for each in json.loads(said)["findings"]]


def new_id_key() -> bytes:
    """As later nodes say it, which compaction leaves alone."""
    return OLD_ID_KEY[:-1] + f',"uuid":"{uuid4()}"}}'.encode()


def draw_old_ids(kafka: str, topic: str, count: int) -> None:
    """Each in a segment of its own, and a record after them that ends the last segment.

    A segment ends by the times of its records, here a second apart.
    """
    producer = Producer({"bootstrap.servers": kafka, "linger.ms": 0})
    keys = [OLD_ID_KEY] * count + [new_id_key(), new_id_key()]
    for offset, key in enumerate(keys, end_of(kafka, topic)):
        producer.produce(
            topic,
            key=key,
            value=OLD_ID_VALUE,
            headers={"req": str(uuid4())},
            timestamp=time.time_ns() // 1_000_000 + offset * 1000,
        )
        assert producer.flush(DEADLINE) == 0


def offsets_held(kafka: str, topic: str) -> list[int]:
    reader = RecordConsumer({"bootstrap.servers": kafka}, topic)
    try:
        ((start, end),) = reader.offsets().values()
        batches = read_range(reader, {0: start}, {0: end})
        return [record.offset for records in batches for record in records]
    finally:
        reader.close()


def end_of(kafka: str, topic: str) -> int:
    reader = RecordConsumer({"bootstrap.servers": kafka}, topic)
    try:
        return reader.offsets()[0][1]
    finally:
        reader.close()


def delete_records(admin: AdminClient, topic: str, before: int) -> None:
    (done,) = admin.delete_records([TopicPartition(topic, 0, before)]).values()
    done.result(DEADLINE)


def clean_at_once(admin: AdminClient) -> None:
    """The broker looks for what it can compact ten times a second, not every 15 s.

    It stays so, and disturbs nobody who shares the broker: whoever needs a record that compaction
    could take keeps it in the segment that is written to, which no cleaner touches.
    """
    entry = ConfigEntry(
        "log.cleaner.backoff.ms", "100", incremental_operation=AlterConfigOpType.SET
    )
    (broker,) = admin.list_topics(timeout=DEADLINE).brokers
    resource = ConfigResource(ConfigResource.Type.BROKER, str(broker), incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(DEADLINE)


def test_compaction_while_the_node_is_stopped(
    kafka: str, node: NodeProcess, admin: AdminClient, sqlite_database: str
) -> None:
    topic = f"compacted-{uuid4()}"
    admin.create_topics([NewTopic(topic, 1, 1, config=COMPACTED)])[topic].result(DEADLINE)
    clean_at_once(admin)
    node.environment["JOURNAL_TOPIC"] = topic
    node.start().wait_until_ready()
    store(node, "first")
    draw_old_ids(kafka, topic, 4)
    before = digest(node)
    node.stop()
    until(lambda: len(offsets_held(kafka, topic)) <= end_of(kafka, topic) - 3)

    node.start().wait_until_ready()
    assert digest(node) == before
    assert told_missing(node) == ""
    node.stop()

    draw_old_ids(kafka, topic, 4)
    position, end = before[1]["0"], end_of(kafka, topic)
    until(lambda: not {position, position + 1, position + 2} & set(offsets_held(kafka, topic)))
    node.start().wait_until_ready()
    assert has(node, "first")
    assert f"from {position} to" in told_missing(node)
    assert readiness(node)["applied"] == end
    store(node, "second")


def test_records_deleted_from_the_start_while_the_node_is_stopped(
    kafka: str, topic: str, node: NodeProcess, admin: AdminClient, sqlite_database: str
) -> None:
    node.start().wait_until_ready()
    for name in ("first", "second"):
        store(node, name)
    before = digest(node)
    position = before[1]["0"]
    node.stop()
    delete_records(admin, topic, position - 1)
    node.start().wait_until_ready()
    assert digest(node) == before
    assert told_missing(node) == ""
    node.stop()

    draw_old_ids(kafka, topic, 4)
    delete_records(admin, topic, position + 3)
    node.start().wait_until_ready()
    assert has(node, "first", "second")
    assert f"all offsets from {position} to {position + 2} of partition 0" in told_missing(node)
    store(node, "third")
    node.stop()
    assert "J08" in findings(node)

    said = manage(node, "rebuild", "--yes")
    assert "The tables are empty" in said
    node.start().wait_until_ready()
    assert told_missing(node) == ""
    assert is_as_a_clean_replay(node)


def refuses_writes(node: NodeProcess, why: str) -> None:
    """It lives and reads go on; it says why, and so does what a writer gets."""
    until(lambda: why in reasons(node))
    assert is_live(node)
    assert has(node, "first")
    refused = upload(node, "refused")
    assert refused.status_code == 503
    assert why in refused.text


def test_a_topic_made_again_under_the_node_waits_for_its_operator(
    kafka: str, topic: str, node: NodeProcess, admin: AdminClient, sqlite_database: str
) -> None:
    node.start().wait_until_ready()
    store(node, "first")
    admin.delete_topics([topic])[topic].result(DEADLINE)
    refuses_writes(node, "Unknown topic")
    create_topic(kafka, topic)
    refuses_writes(node, "was deleted and made again")

    assert "The tables are empty" in manage(node, "rebuild", "--yes")
    until(lambda: is_ready(node))
    assert not has(node, "first")
    store(node, "second")
    assert is_as_a_clean_replay(node)


def test_a_topic_truncated_under_the_node_waits_for_its_operator(
    node: NodeProcess, tmp_path: Path, another_port: int, sqlite_database: str
) -> None:
    broker = EmbeddedBroker(tmp_path / "kafka", another_port)
    node.environment["KAFKA_BOOTSTRAP_SERVERS"] = broker.start()
    try:
        node.start().wait_until_ready()
        store(node, "first")
        truncate(broker, tmp_path / "kafka" / "broker" / "data", node.environment["JOURNAL_TOPIC"])
        refuses_writes(node, "it was deleted or truncated")

        assert "The tables are empty" in manage(node, "rebuild", "--yes")
        until(lambda: is_ready(node))
        store(node, "second")
    finally:
        broker.stop()


def truncate(broker: EmbeddedBroker, data: Path, topic: str) -> None:
    """As a broker that lost its disk and was let lead again."""
    assert broker.pid is not None
    os.kill(broker.pid, signal.SIGKILL)
    until(lambda: not broker.is_running())
    for file in (data / f"{topic}-0").iterdir():
        if file.name != "partition.metadata":
            file.unlink() if file.is_file() else shutil.rmtree(file)
    for checkpoint in data.glob("*-checkpoint"):
        checkpoint.unlink()
    broker.start()
