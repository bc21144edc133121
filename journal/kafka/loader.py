"""Loads records of dumps, backups and snapshots into a topic, unchanged."""

from collections.abc import Callable, Iterable, Mapping

from confluent_kafka import (
    KafkaError,
    KafkaException,
    Message,
    Producer,
)

from journal.kafka.clients import COMMON, REQUEST_TIMEOUT, create_client
from journal.kafka.errors import BrokerError
from journal.kafka.producer import MAX_RECORD_BYTES
from journal.kafka.records import Record


def load_records(
    properties: Mapping[str, str],
    topic: str,
    records: Iterable[Record],
    on_progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Produce records on their partitions, with their keys, values, headers and times.

    `on_progress` gets the number of records produced. Raises BrokerError at the first one that the
    broker does not take.
    """
    failures: list[str] = []

    def on_delivery(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failures.append(error.str())

    settings = {"enable.idempotence": True, "acks": "all", "message.max.bytes": MAX_RECORD_BYTES}
    producer = create_client(Producer, {**COMMON, **properties, **settings})
    for count, record in enumerate(records, 1):
        while True:
            try:
                producer.produce(
                    topic,
                    key=record.key,
                    value=record.value,
                    partition=record.partition,
                    headers=list(record.headers),
                    timestamp=record.timestamp,
                    on_delivery=on_delivery,
                )
                break
            except BufferError:
                # Until the queue has room.
                producer.poll(0.1)
            except KafkaException as error:
                raise BrokerError(f"loading {topic}: {error}") from error
        producer.poll(0)
        on_progress(count)
        if failures:
            break
    # As long as there are fewer left each time.
    previous, unsent = None, producer.flush(REQUEST_TIMEOUT)
    while unsent and unsent != previous:
        previous, unsent = unsent, producer.flush(REQUEST_TIMEOUT)
    if failures or unsent:
        reason = [*failures, "no answer in time"][0]
        raise BrokerError(f"loading {topic}: {reason}")
