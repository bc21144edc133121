"""What is known of a topic besides its records: settings and where they come from, replicas."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

#: By the topic's setting, the broker's that it falls back to.
BROKER_NAMES = {
    "cleanup.policy": "log.cleanup.policy",
    "retention.ms": "log.retention.ms",
    "retention.bytes": "log.retention.bytes",
    "min.cleanable.dirty.ratio": "log.cleaner.min.cleanable.ratio",
    "min.compaction.lag.ms": "log.cleaner.min.compaction.lag.ms",
    "delete.retention.ms": "log.cleaner.delete.retention.ms",
    "segment.ms": "log.roll.ms",
    "segment.bytes": "log.segment.bytes",
    "message.timestamp.type": "log.message.timestamp.type",
    "max.message.bytes": "message.max.bytes",
    "min.insync.replicas": "min.insync.replicas",
    "unclean.leader.election.enable": "unclean.leader.election.enable",
}


#: Base64 in a JSON value, and what else is in a record.
_SPELLED, _BESIDE = 4 / 3, 4096


def record_size(content: int) -> int:
    """Bytes that the record of a content of so many bytes may take, in any dialect."""
    return int(content * _SPELLED) + _BESIDE


def content_size(record: int) -> int:
    """Bytes of the largest content whose record takes no more than so many."""
    return max(0, int((record - _BESIDE) / _SPELLED))


class Source(StrEnum):
    """Where a setting comes from."""

    TOPIC = "topic"
    BROKER = "broker"
    DEFAULT = "default"


class Setting(Struct, frozen=True):
    value: str
    source: Source = Source.TOPIC


class PartitionFacts(Struct, frozen=True):
    """`leader` is -1 while there is none; numbers of brokers, how many have it and keep up."""

    number: int
    leader: int
    replicas: int
    in_sync: int


class TopicFacts(Struct, frozen=True):
    """`settings` are those that BROKER_NAMES has, as far as they were told.

    `partitions` and `brokers` are empty and 0 where nobody told them. `refused` says what could
    not be asked, and why; empty if everything could.
    """

    settings: Mapping[str, Setting] = field(default_factory=dict)
    partitions: tuple[PartitionFacts, ...] = ()
    brokers: int = 0
    refused: str = ""

    def value(self, name: str) -> str | None:
        setting = self.settings.get(name)
        return None if setting is None else setting.value

    def said(self, name: str) -> str:
        """As a sentence has it: name, value, and where it comes from unless that is the topic."""
        setting = self.settings[name]
        told = f"{name}={setting.value}"
        if setting.source is Source.BROKER:
            return f"{told} (by the broker's {BROKER_NAMES[name]})"
        return f"{told} (Kafka's default)" if setting.source is Source.DEFAULT else told
