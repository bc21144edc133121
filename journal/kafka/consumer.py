"""Reading a topic from positions."""

from collections.abc import Container, Mapping
from typing import Any
from uuid import uuid4

from confluent_kafka import (
    TIMESTAMP_CREATE_TIME,
    Consumer,
    KafkaError,
    Message,
    TopicPartition,
)

from journal.kafka.clients import COMMON, PATIENCE, as_broker_error, create_client
from journal.kafka.errors import BrokerError, TopicMissing
from journal.kafka.records import Headers, Record

#: Records at a time where only their keys are looked at.
_SCAN = 2_000

#: What librdkafka fetches before it is asked for, so that memory does not grow with the topic.
_READ_AHEAD_KB = 8 * 1024

_FETCHED_AT_ONCE = 4 * 1024 * 1024


class RecordConsumer:
    """Reads assigned partitions from given positions; no consumer group takes part.

    Raises TopicMissing or BrokerError when it cannot begin.
    """

    def __init__(self, properties: Mapping[str, str], topic: str) -> None:
        self._topic = topic
        self._consumer = create_client(
            Consumer,
            {
                **COMMON,
                **properties,
                "group.id": f"annals-{uuid4()}",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "error",
                "allow.auto.create.topics": False,
                # A larger record comes alone, whatever these say.
                "fetch.message.max.bytes": _FETCHED_AT_ONCE,
                "fetch.max.bytes": _FETCHED_AT_ONCE,
                "queued.max.messages.kbytes": _READ_AHEAD_KB,
                # Else a full queue is left alone for a second.
                "fetch.queue.backoff.ms": 5,
            },
        )
        #: By partition, the position after which there was nothing when it was last reached.
        self.reached_ends: dict[int, int] = {}

    def offsets(self, patience: float = PATIENCE) -> dict[int, tuple[int, int]]:
        """(log start offset, end offset) by partition, asked of the broker."""
        with as_broker_error(f"asking for the offsets of {self._topic}"):
            topics = self._consumer.list_topics(self._topic, timeout=patience).topics
            described = topics[self._topic]
            if described.error is not None:
                raise _absence(self._topic, described.error)
            return {
                partition: self._consumer.get_watermark_offsets(
                    TopicPartition(self._topic, partition), timeout=patience
                )
                for partition in sorted(described.partitions)
            }

    def offsets_for_time(self, timestamp: int) -> dict[int, int]:
        """By partition, the first offset of that time (epoch ms) or later, or else the end."""
        offsets = self.offsets()
        with as_broker_error(f"asking where {self._topic} was at a time"):
            found = self._consumer.offsets_for_times(
                [TopicPartition(self._topic, partition, timestamp) for partition in offsets],
                timeout=PATIENCE,
            )
        return {
            each.partition: each.offset if each.offset >= 0 else offsets[each.partition][1]
            for each in found
        }

    def assign(self, positions: Mapping[int, int]) -> None:
        # An end that was seen on the way to older positions says nothing about these.
        self.reached_ends.clear()
        self._consumer.assign([
            TopicPartition(self._topic, partition, offset)
            for partition, offset in positions.items()
        ])

    def consume(self, limit: int, wait: float, fill: float = 0) -> list[Record]:
        """What is there, at most `limit` records; waits up to `wait` seconds for the first one.

        Once there is one, waits up to `fill` seconds for the others. Raises BrokerError if the
        topic or a position is gone; a lost broker is waited for.
        """
        first = self._consumer.poll(wait)
        if first is None:
            return []
        messages = [first, *self._consumer.consume(limit - 1, timeout=fill)]
        return [record for message in messages if (record := self._record(message)) is not None]

    def contains_type(self, kinds: Container[int], offsets: Mapping[int, tuple[int, int]]) -> bool:
        """Whether a record below these ends has a key of one of these types; `start` anew after."""
        left = {partition: end for partition, (start, end) in offsets.items() if start < end}
        self.assign({partition: offsets[partition][0] for partition in left})
        while left:
            for record in self.consume(_SCAN, PATIENCE):
                if record.key and record.key[0] in kinds:
                    return True
                if record.offset + 1 >= left.get(record.partition, 0):
                    left.pop(record.partition, None)
            left = {
                partition: end
                for partition, end in left.items()
                if self.reached_ends.get(partition, 0) < end
            }
        return False

    def _record(self, message: Message) -> Record | None:
        error = message.error()
        if error is None:
            return _record(message)
        if error.code() == KafkaError._PARTITION_EOF:
            self.reached_ends[_number(message.partition())] = _number(message.offset())
        elif error.code() in {
            KafkaError._AUTO_OFFSET_RESET,
            KafkaError.UNKNOWN_TOPIC_OR_PART,
            KafkaError._UNKNOWN_PARTITION,
        }:
            raise BrokerError(f"reading {self._topic}: {error.str()}")
        return None

    def close(self) -> None:
        self._consumer.close()


def fetch_record(
    properties: Mapping[str, str], topic: str, partition: int, offset: int
) -> Record | None:
    """The record at a position, or None if compaction or retention removed it."""
    reader = RecordConsumer(properties, topic)
    try:
        start, end = reader.offsets().get(partition, (0, 0))
        if not start <= offset < end:
            return None
        reader.assign({partition: offset})
        while partition not in reader.reached_ends:
            records = reader.consume(1, PATIENCE)
            if records:
                return records[0] if records[0].offset == offset else None
        return None
    finally:
        reader.close()


def _absence(topic: str, error: KafkaError) -> BrokerError:
    """A cluster that is just starting may know the topic and not yet who leads it."""
    is_missing = error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART
    return (TopicMissing if is_missing else BrokerError)(f"topic {topic}: {error.str()}")


def _record(message: Message) -> Record:
    kind, timestamp = message.timestamp()
    return Record(
        partition=_number(message.partition()),
        offset=_number(message.offset()),
        timestamp=timestamp,
        timestamp_type="CreateTime" if kind == TIMESTAMP_CREATE_TIME else "LogAppendTime",
        headers=_headers(message.headers()),
        key=message.key(),
        value=message.value(),
    )


def _number(value: int | None) -> int:
    """A consumed message always has a place; the client's types do not know."""
    return -1 if value is None else value


def _headers(headers: Any) -> Headers:
    return tuple(headers or ())
