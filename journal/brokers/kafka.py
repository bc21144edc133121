"""The only module that speaks Kafka: reading from positions, publishing, asking about the topic."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from confluent_kafka import (
    TIMESTAMP_CREATE_TIME,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]
from confluent_kafka.cimpl import NewTopic

from journal.brokers.base import BrokerError, Headers, Record, TopicMissing

# librdkafka writes of every lost connection to stderr; the watch says once that the broker is gone.
_Client = TypeVar("_Client")
_COMMON = {"reconnect.backoff.max.ms": 1000, "log_level": 2}

#: What the journal needs of its topic, besides partitions and replication.
TOPIC_CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "LogAppendTime",
}
_JUDGED_CONFIG = (*TOPIC_CONFIG, "min.insync.replicas", "max.message.bytes")
#: Seconds for a question to the broker.
_PATIENCE = 10.0
_LARGEST_RECORD = 32 * 1024 * 1024


class Loadable(Protocol):
    """A record of a dump; journal.dumps.DumpRecord is one."""

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


class JournalReader:
    """Reads assigned partitions from given positions; no consumer group takes part.

    Raises TopicMissing or BrokerError when it cannot begin.
    """

    def __init__(self, properties: Mapping[str, str], topic: str) -> None:
        self._topic = topic
        self._consumer = _made(
            Consumer,
            {
                **_COMMON,
                **properties,
                "group.id": f"annals-{uuid4()}",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "error",
                "allow.auto.create.topics": False,
                "fetch.message.max.bytes": _LARGEST_RECORD,
            },
        )
        #: By partition, the position after which there was nothing when it was last reached.
        self.ends_seen: dict[int, int] = {}

    def offsets(self) -> dict[int, tuple[int, int]]:
        """(log start offset, end offset) by partition, asked of the broker."""
        with _as_broker_error(f"asking for the offsets of {self._topic}"):
            topics = self._consumer.list_topics(self._topic, timeout=_PATIENCE).topics
            described = topics[self._topic]
            if described.error is not None:
                raise TopicMissing(f"topic {self._topic}: {described.error.str()}")
            return {
                partition: self._consumer.get_watermark_offsets(
                    TopicPartition(self._topic, partition), timeout=_PATIENCE
                )
                for partition in sorted(described.partitions)
            }

    def start(self, positions: Mapping[int, int]) -> None:
        self._consumer.assign([
            TopicPartition(self._topic, partition, offset)
            for partition, offset in positions.items()
        ])

    def read(self, limit: int, wait: float) -> list[Record]:
        """What is there, at most `limit` records; waits up to `wait` seconds for the first one.

        Raises BrokerError if the topic or a position is gone; a lost broker is waited for.
        """
        first = self._consumer.poll(wait)
        if first is None:
            return []
        messages = [first, *self._consumer.consume(limit - 1, timeout=0)]
        return [record for message in messages if (record := self._record(message)) is not None]

    def _record(self, message: Message) -> Record | None:
        error = message.error()
        if error is None:
            return _record(message)
        if error.code() == KafkaError._PARTITION_EOF:
            self.ends_seen[_number(message.partition())] = _number(message.offset())
        elif error.code() in {
            KafkaError._AUTO_OFFSET_RESET,
            KafkaError.UNKNOWN_TOPIC_OR_PART,
            KafkaError._UNKNOWN_PARTITION,
        }:
            raise BrokerError(f"reading {self._topic}: {error.str()}")
        return None

    def close(self) -> None:
        self._consumer.close()


class JournalProducer:
    """Says records on partition 0; idempotent, acknowledged by all in-sync replicas."""

    def __init__(self, properties: Mapping[str, str], topic: str, timeout: float) -> None:
        self._topic = topic
        self._producer = _made(
            Producer,
            {
                **_COMMON,
                **properties,
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 0,
                "message.max.bytes": _LARGEST_RECORD,
                "message.timeout.ms": int(timeout * 1000),
                "allow.auto.create.topics": False,
                # The outcome says that a record was taken; only a failure is news.
                "delivery.report.only.error": True,
            },
        )
        self._is_open = True
        self._poller = threading.Thread(target=self._poll, name="producer", daemon=True)
        self._poller.start()

    def publish(
        self,
        key: bytes,
        value: bytes | None,
        headers: Headers,
        on_failure: Callable[[str], None],
    ) -> None:
        """Returns at once; `on_failure` gets the reason if the broker does not take the record.

        Raises BrokerError if the queue of unsent records is full.
        """

        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                on_failure(error.str())

        try:
            self._producer.produce(
                self._topic,
                key=key,
                value=value,
                partition=0,
                headers=list(headers),
                on_delivery=delivered,
            )
        except (BufferError, KafkaException) as error:
            raise BrokerError(f"the record was not sent: {error}") from error

    def flush(self, timeout: float) -> int:
        """Waits for what was published; returns how many records are still unacknowledged."""
        unsent: int = self._producer.flush(timeout)
        return unsent

    def close(self) -> None:
        self.flush(_PATIENCE)
        self._is_open = False
        self._poller.join()

    def _poll(self) -> None:
        while self._is_open:
            self._producer.poll(0.1)


def load(
    properties: Mapping[str, str],
    topic: str,
    records: Sequence[Loadable],
    on_progress: Callable[[int, int], None],
) -> None:
    """Puts records where they were, with key, value, headers and time as they were.

    Raises BrokerError at the first one that the broker does not take.
    """
    failures: list[str] = []

    def delivered(error: KafkaError | None, _: Message) -> None:
        if error is not None:
            failures.append(error.str())

    producer = _made(Producer, {**_COMMON, **properties, "enable.idempotence": True, "acks": "all"})
    for count, record in enumerate(records, 1):
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
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
        on_progress(count, len(records))
    unsent = producer.flush(_PATIENCE)
    if failures or unsent:
        raise BrokerError(f"loading {topic}: {failures[0] if failures else 'no answer in time'}")


class Topic:
    """What the broker says about the topic, and its creation."""

    def __init__(self, properties: Mapping[str, str], name: str) -> None:
        self.name = name
        self._admin = _made(AdminClient, {**_COMMON, **properties})

    def exists(self) -> bool:
        with _as_broker_error("asking for the topics"):
            return self.name in self._admin.list_topics(timeout=_PATIENCE).topics

    def create(self, partitions: int = 1) -> None:
        """With the journal's settings; one made in the meantime by another node is as good."""
        with _as_broker_error(f"creating {self.name}"):
            brokers = len(self._admin.list_topics(timeout=_PATIENCE).brokers)
            replicas = min(3, brokers)
            config = {**TOPIC_CONFIG, "min.insync.replicas": str(max(replicas - 1, 1))}
            new = NewTopic(self.name, partitions, replicas, config=config)
            try:
                self._admin.create_topics([new])[self.name].result(_PATIENCE)
            except KafkaException as error:
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise

    def config(self) -> dict[str, str]:
        """The settings that the journal depends on; raises BrokerError if not allowed to ask."""
        resource = ConfigResource(ConfigResource.Type.TOPIC, self.name)
        with _as_broker_error(f"asking for the settings of {self.name}"):
            entries = self._admin.describe_configs([resource])[resource].result(_PATIENCE)
            return {name: entries[name].value for name in _JUDGED_CONFIG if name in entries}


def read_one(
    properties: Mapping[str, str], topic: str, partition: int, offset: int
) -> Record | None:
    """The record at a position, or None if compaction or retention removed it."""
    reader = JournalReader(properties, topic)
    try:
        start, end = reader.offsets().get(partition, (0, 0))
        if not start <= offset < end:
            return None
        reader.start({partition: offset})
        while partition not in reader.ends_seen:
            records = reader.read(1, _PATIENCE)
            if records:
                return records[0] if records[0].offset == offset else None
        return None
    finally:
        reader.close()


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


def _made(client: Callable[[dict[str, Any]], _Client], properties: dict[str, Any]) -> _Client:
    try:
        return client(properties)
    except KafkaException as error:
        reason: Any = error.args[0]
        raise BrokerError(f"the KAFKA_… settings: {reason.str()}") from error


def _number(value: int | None) -> int:
    """A consumed message always has a place; the client's types do not know."""
    return -1 if value is None else value


def _headers(headers: Any) -> Headers:
    return tuple(headers or ())


@contextmanager
def _as_broker_error(doing: str) -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        reason: Any = error.args[0]
        raise BrokerError(f"{doing}: {reason.str()}") from error
