"""Putting records on a topic as they were: dumps, backups, snapshots."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from confluent_kafka import (
    KafkaError,
    KafkaException,
    Message,
    Producer,
)

from journal.kafka.clients import COMMON, PATIENCE, create_client
from journal.kafka.errors import BrokerError
from journal.kafka.producer import _LARGEST_RECORD
from journal.kafka.records import Headers


class LoadableRecord(Protocol):
    """A record of a dump; journal.dumps.reading.DumpRecord is one."""

    @property
    def partition(self) -> int: ...
    @property
    def timestamp_ms(self) -> int: ...
    @property
    def headers(self) -> Headers: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


class LoadableRecords(Protocol):
    """What is loaded, in its order; it may come out of a file as it goes."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[LoadableRecord]: ...


def load_records(
    properties: Mapping[str, str],
    topic: str,
    records: LoadableRecords,
    on_progress: Callable[[int, int], None],
) -> None:
    """Puts records where they were, with key, value, headers and time as they were.

    Raises BrokerError at the first one that the broker does not take.
    """
    failures: list[str] = []

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failures.append(error.str())

    settings = {"enable.idempotence": True, "acks": "all", "message.max.bytes": _LARGEST_RECORD}
    producer = create_client(Producer, {**COMMON, **properties, **settings})
    for count, record in enumerate(records, 1):
        _load_one(producer, topic, record, delivered)
        producer.poll(0)
        on_progress(count, len(records))
        if failures:
            break
    unsent = _flush(producer)
    if failures or unsent:
        raise BrokerError(f"loading {topic}: {failures[0] if failures else 'no answer in time'}")


def _load_one(
    producer: Producer,
    topic: str,
    record: LoadableRecord,
    delivered: Callable[[KafkaError | None, Message], None],
) -> None:
    while True:
        try:
            producer.produce(
                topic,
                key=record.key,
                value=record.value,
                partition=record.partition,
                headers=list(record.headers),
                timestamp=record.timestamp_ms,
                on_delivery=delivered,
            )
            return
        except BufferError:
            producer.poll(0.1)
        except KafkaException as error:
            raise BrokerError(f"loading {topic}: {error}") from error


def _flush(producer: Producer) -> int:
    """Waits for as long as there are fewer left each time; how many were not taken."""
    before: int | None = None
    while True:
        unsent: int = producer.flush(PATIENCE)
        if not unsent or unsent == before:
            return unsent
        before = unsent
