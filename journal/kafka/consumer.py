"""Consumes a topic from given positions."""

from collections.abc import Container, Mapping
from contextlib import closing
from typing import Any
from uuid import uuid4

from confluent_kafka import (
    TIMESTAMP_CREATE_TIME,
    Consumer,
    KafkaError,
    TopicPartition,
)

from journal.kafka.clients import COMMON, REQUEST_TIMEOUT, as_broker_error, create_client
from journal.kafka.errors import BrokerError, TopicMissing
from journal.kafka.records import Record

_SCAN_BATCH = 2_000

#: Bounds of what librdkafka fetches ahead, so that memory does not grow with the topic.
_QUEUE_KB = 8 * 1024
_FETCH_BYTES = 4 * 1024 * 1024

#: Errors that don't pass: the topic, the partition or the position is gone.
_GONE = frozenset({
    KafkaError._AUTO_OFFSET_RESET,
    KafkaError.UNKNOWN_TOPIC_OR_PART,
    KafkaError._UNKNOWN_PARTITION,
})


class RecordConsumer:
    """Consumes assigned partitions from given positions; raises BrokerError if it can't be made.

    No consumer group: a group divides the partitions among its members, but each node must read
    all of them. And a group's offsets are kept in Kafka, where they can't commit together with the
    rows.
    """

    def __init__(self, properties: Mapping[str, str], topic: str) -> None:
        self._topic = topic
        self._consumer = create_client(
            Consumer,
            {
                **COMMON,
                **properties,
                # librdkafka insists on a group; nothing joins this one.
                "group.id": f"annals-{uuid4()}",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "error",
                "allow.auto.create.topics": False,
                # A larger record comes alone, whatever these say.
                "fetch.message.max.bytes": _FETCH_BYTES,
                "fetch.max.bytes": _FETCH_BYTES,
                "queued.max.messages.kbytes": _QUEUE_KB,
                # Else a full queue is left alone for a second.
                "fetch.queue.backoff.ms": 5,
            },
        )
        #: By partition, the end offset when it was last reached.
        self.reached_ends: dict[int, int] = {}

    def offsets(self, timeout: float = REQUEST_TIMEOUT) -> dict[int, tuple[int, int]]:
        """Return (log start offset, end offset) by partition; raises TopicMissing, BrokerError."""
        with as_broker_error(f"asking for the offsets of {self._topic}"):
            topics = self._consumer.list_topics(self._topic, timeout=timeout).topics
            metadata = topics[self._topic]
            if metadata.error is not None:
                # A cluster that is just starting may know the topic and not yet its leaders.
                is_missing = metadata.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART
                error_class = TopicMissing if is_missing else BrokerError
                raise error_class(f"topic {self._topic}: {metadata.error.str()}")
            return {
                partition: self._consumer.get_watermark_offsets(
                    TopicPartition(self._topic, partition), timeout=timeout
                )
                for partition in sorted(metadata.partitions)
            }

    def offsets_for_time(self, timestamp: int) -> dict[int, int]:
        """Return, by partition, the first offset at this time (epoch ms) or later, or the end."""
        offsets = self.offsets()
        with as_broker_error(f"asking where {self._topic} was at a time"):
            positions = self._consumer.offsets_for_times(
                [TopicPartition(self._topic, partition, timestamp) for partition in offsets],
                timeout=REQUEST_TIMEOUT,
            )
        return {
            position.partition: (
                position.offset if position.offset >= 0 else offsets[position.partition][1]
            )
            for position in positions
        }

    def assign(self, positions: Mapping[int, int]) -> None:
        """Consume these partitions from these offsets on."""
        # An end that was reached from older positions says nothing about these.
        self.reached_ends.clear()
        self._consumer.assign([
            TopicPartition(self._topic, partition, offset)
            for partition, offset in positions.items()
        ])

    def consume(self, limit: int, timeout: float, fill: float = 0) -> list[Record]:
        """Return at most `limit` records; waits up to `timeout` seconds for the first one.

        Then it waits up to `fill` seconds for the others. Raises BrokerError if the topic or a
        position is gone; a broker that is gone is waited for.
        """
        first = self._consumer.poll(timeout)
        if first is None:
            return []
        records = []
        for message in (first, *self._consumer.consume(limit - 1, timeout=fill)):
            error = message.error()
            partition, offset = _number(message.partition()), _number(message.offset())
            if error is None:
                kind, timestamp = message.timestamp()
                is_create_time = kind == TIMESTAMP_CREATE_TIME
                headers: Any = message.headers()
                records.append(
                    Record(
                        partition=partition,
                        offset=offset,
                        timestamp=timestamp,
                        timestamp_type="CreateTime" if is_create_time else "LogAppendTime",
                        headers=tuple(headers or ()),
                        key=message.key(),
                        value=message.value(),
                    )
                )
            elif error.code() == KafkaError._PARTITION_EOF:
                self.reached_ends[partition] = offset
            elif error.code() in _GONE:
                raise BrokerError(f"reading {self._topic}: {error.str()}")
        return records

    def contains_type(self, kinds: Container[int], offsets: Mapping[int, tuple[int, int]]) -> bool:
        """Check if a record below these end offsets has a key of one of these types.

        Call `assign` again afterwards.
        """
        ends = {partition: end for partition, (start, end) in offsets.items() if start < end}
        self.assign({partition: offsets[partition][0] for partition in ends})
        while ends:
            for record in self.consume(_SCAN_BATCH, REQUEST_TIMEOUT):
                if record.key and record.key[0] in kinds:
                    return True
                if record.offset + 1 >= ends.get(record.partition, 0):
                    ends.pop(record.partition, None)
            ends = {
                partition: end
                for partition, end in ends.items()
                if self.reached_ends.get(partition, 0) < end
            }
        return False

    def close(self) -> None:
        self._consumer.close()


def fetch_record(
    properties: Mapping[str, str], topic: str, partition: int, offset: int
) -> Record | None:
    """Return the record at a position, or None if compaction or retention removed it."""
    with closing(RecordConsumer(properties, topic)) as consumer:
        start, end = consumer.offsets().get(partition, (0, 0))
        if not start <= offset < end:
            return None
        consumer.assign({partition: offset})
        while partition not in consumer.reached_ends:
            records = consumer.consume(1, REQUEST_TIMEOUT)
            if records:
                return records[0] if records[0].offset == offset else None
        return None


def _number(value: int | None) -> int:
    # The client's types allow None, which no consumed message has.
    return -1 if value is None else value
