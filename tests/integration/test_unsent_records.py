"""Records that a broker does not take: each is reported, none is thought to be on the topic."""

import pytest

from journal.kafka.errors import BrokerError, MessageTooLarge
from journal.kafka.loader import load_records
from journal.kafka.producer import JournalProducer
from journal.kafka.records import Record
from tests.waiting import until

NOWHERE = "127.0.0.1:1"


def make_record(value: bytes, partition: int = 0) -> Record:
    return Record(partition, 0, 1, "CreateTime", (), b"key", value)


def test_a_record_beyond_the_queue_is_refused_and_one_in_it_fails() -> None:
    properties = {"bootstrap.servers": NOWHERE, "queue.buffering.max.messages": "1"}
    producer = JournalProducer(properties, "topic", 1)
    failures: list[BrokerError] = []
    try:
        producer.publish(b"key", b"first", (), failures.append)
        with pytest.raises(BrokerError, match="was not sent"):
            producer.publish(b"key", b"second", (), failures.append)
        until(lambda: failures)
    finally:
        producer.close()
    assert len(failures) == 1


def test_a_record_that_is_too_large_for_the_client_is_refused() -> None:
    producer = JournalProducer({"bootstrap.servers": NOWHERE}, "topic", 1)
    try:
        with pytest.raises(MessageTooLarge):
            producer.publish(b"key", bytes(33 * 1024 * 1024), (), lambda error: None)
    finally:
        producer.close()


@pytest.mark.kafka
def test_a_load_that_the_broker_or_the_client_does_not_take_fails(kafka: str, topic: str) -> None:
    properties = {"bootstrap.servers": kafka}
    with pytest.raises(BrokerError, match=f"loading {topic}"):
        load_records(properties, topic, [make_record(bytes(33 * 1024 * 1024))])
    with pytest.raises(BrokerError, match="loading no-such-topic"):
        load_records(properties, "no-such-topic", [make_record(b"value")])
    with pytest.raises(BrokerError, match="partition"):
        load_records(properties, topic, [make_record(b"value", partition=7)])
