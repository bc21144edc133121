"""Loads records of dumps, backups and snapshots into a topic, as they were."""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from confluent_kafka import (
    KafkaError,
    KafkaException,
    Message,
    Producer,
)

from journal.kafka.clients import COMMON, REQUEST_TIMEOUT, create_client
from journal.kafka.errors import BrokerError
from journal.kafka.producer import MAX_RECORD_BYTES
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
    """Records in their order; they may be read from a file on the way."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[LoadableRecord]: ...


def load_records(
    properties: Mapping[str, str],
    topic: str,
    records: LoadableRecords,
    on_progress: Callable[[int, int], None],
) -> None:
    """Produce records on their partitions, with their keys, values, headers and times.

    Raises BrokerError at the first one that the broker does not take.
    """
    failures: list[str] = []

    def on_delivery(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failures.append(error.str())

    settings = {"enable.idempotence": True, "acks": "all", "message.max.bytes": MAX_RECORD_BYTES}
    producer = create_client(Producer, {**COMMON, **properties, **settings})
    for count, record in enumerate(records, 1):
        _produce(producer, topic, record, on_delivery)
        producer.poll(0)
        on_progress(count, len(records))
        if failures:
            break
    # As long as there are fewer left each time.
    previous, unsent = None, producer.flush(REQUEST_TIMEOUT)
    while unsent and unsent != previous:
        previous, unsent = unsent, producer.flush(REQUEST_TIMEOUT)
    if failures or unsent:
        raise BrokerError(f"loading {topic}: {failures[0] if failures else 'no answer in time'}")


def _produce(
    producer: Producer,
    topic: str,
    record: LoadableRecord,
    on_delivery: Callable[[KafkaError | None, Message], None],
) -> None:
    """Enqueue a record, as soon as the queue has room."""
    while True:
        try:
            producer.produce(
                topic,
                key=record.key,
                value=record.value,
                partition=record.partition,
                headers=list(record.headers),
                timestamp=record.timestamp_ms,
                on_delivery=on_delivery,
            )
            return
        except BufferError:
            producer.poll(0.1)
        except KafkaException as error:
            raise BrokerError(f"loading {topic}: {error}") from error
