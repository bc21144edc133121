"""One real Kafka for the whole test session, one new topic for each test."""

import os
import uuid
from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from journal.kafka.embedded import EmbeddedBroker

_JOURNAL_SETTINGS = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "LogAppendTime",
    "min.insync.replicas": "1",
}


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return bootstrap servers; ANNALS_TEST_KAFKA names a running broker to use instead."""
    running = os.environ.get("ANNALS_TEST_KAFKA")
    if running:
        yield running
        return
    broker = EmbeddedBroker(tmp_path_factory.mktemp("kafka"))
    yield broker.start()
    broker.stop()


@pytest.fixture
def topic(kafka: str) -> str:
    """Create an empty journal topic, configured as by a node, and return its name."""
    return new_topic(kafka)


def new_topic(bootstrap_servers: str) -> str:
    name = f"journal-{uuid.uuid4()}"
    create_topic(bootstrap_servers, name)
    return name


def create_topic(bootstrap_servers: str, name: str) -> None:
    """Create a topic and wait until it exists."""
    admin = AdminClient({"bootstrap.servers": bootstrap_servers})
    new = NewTopic(name, num_partitions=1, replication_factor=1, config=_JOURNAL_SETTINGS)
    admin.create_topics([new])[name].result(timeout=180)
