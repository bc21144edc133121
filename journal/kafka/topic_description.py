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


class SettingSource(StrEnum):
    """Where a setting comes from; brokers keep theirs in the cluster or in a file."""

    TOPIC = "topic"
    DYNAMIC_BROKER = "dynamic broker"
    STATIC_BROKER = "static broker"
    DEFAULT = "default"


#: By the name that Kafka has for it.
SETTING_SOURCES = {
    "DYNAMIC_TOPIC_CONFIG": SettingSource.TOPIC,
    "DYNAMIC_BROKER_CONFIG": SettingSource.DYNAMIC_BROKER,
    "DYNAMIC_DEFAULT_BROKER_CONFIG": SettingSource.DYNAMIC_BROKER,
    "STATIC_BROKER_CONFIG": SettingSource.STATIC_BROKER,
    "DEFAULT_CONFIG": SettingSource.DEFAULT,
}
_OF_BROKERS = {
    SettingSource.DYNAMIC_BROKER: "by the brokers' dynamic {}",
    SettingSource.STATIC_BROKER: "by the brokers' {}",
    SettingSource.DEFAULT: "Kafka's default",
}


class Setting(Struct, frozen=True):
    value: str
    source: SettingSource = SettingSource.TOPIC

    @property
    def is_broker_setting(self) -> bool:
        return self.source in {SettingSource.DYNAMIC_BROKER, SettingSource.STATIC_BROKER}


class PartitionDescription(Struct, frozen=True):
    """`leader` is -1 while there is none; brokers that have a replica, keep up, are not there."""

    number: int
    leader: int
    replicas: int
    in_sync: int
    offline: int = 0


class StrimziOwner(Struct, frozen=True):
    """The Strimzi resource that a topic comes from; each text is empty where nothing tells it."""

    resource: str = ""
    namespace: str = ""
    cluster: str = ""


class TopicDescription(Struct, frozen=True):
    """`settings` are those that BROKER_NAMES has, as far as they were told.

    `partitions` and `brokers` are empty and 0 where nobody told them. `refused` says what could
    not be asked, and why; empty if everything could. `denied` are what this node's user may not do
    with the topic, as Kafka names operations. `owner` is None where no operator is known.
    """

    settings: Mapping[str, Setting] = field(default_factory=dict)
    partitions: tuple[PartitionDescription, ...] = ()
    brokers: int = 0
    refused: str = ""
    denied: tuple[str, ...] = ()
    owner: StrimziOwner | None = None

    def value(self, name: str) -> str | None:
        setting = self.settings.get(name)
        return None if setting is None else setting.value

    @property
    def replicas(self) -> int:
        """Of the partition that has the fewest; 0 where nobody told."""
        return min((each.replicas for each in self.partitions), default=0)

    def origin_text(self, name: str) -> str:
        """Where a setting comes from, in words; empty if that is the topic."""
        told = _OF_BROKERS.get(self.settings[name].source, "")
        return told.format(BROKER_NAMES.get(name, name))

    def setting_text(self, name: str) -> str:
        """As a sentence has it: name, value, and where it comes from unless that is the topic."""
        told, origin = f"{name}={self.settings[name].value}", self.origin_text(name)
        return f"{told} ({origin})" if origin else told
