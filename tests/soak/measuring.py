"""What tests of speed measure with, and the bare things that they measure beside."""

import time
from collections.abc import Callable
from uuid import uuid4

from confluent_kafka import Consumer, Producer, TopicPartition

from tests.kafka_fixture import new_topic
from tests.waiting import DEADLINE, until


def seconds_until(condition: Callable[[], object]) -> float:
    """Wait for the condition; return how long that took."""
    began = time.perf_counter()
    until(condition)
    return time.perf_counter() - began


def bare_start(kafka: str) -> float:
    """Seconds in which a new client of the broker has read one record: what every worker needs."""
    topic = new_topic(kafka)
    producer = Producer({"bootstrap.servers": kafka})
    producer.produce(topic, value=b"x", partition=0)
    assert producer.flush(DEADLINE) == 0
    began = time.perf_counter()
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": str(uuid4())})
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        assert consumer.poll(DEADLINE) is not None
        return time.perf_counter() - began
    finally:
        consumer.close()


def told(what: str, seconds: float, bare: float, beside: str) -> float:
    """Print the ratio, and return it."""
    print(f"{what}: {seconds:.3f} s, {seconds / bare:.1f} times {beside} ({bare:.3f} s)")
    return seconds / bare
