"""A topic's settings and their origins, its partitions and its owner."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

#: By the topic's setting, the broker's setting that it falls back to.
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


#: Base64 in a JSON value, and room for the rest of a record.
_BASE64_FACTOR, _REST = 4 / 3, 4096


def record_size(content: int) -> int:
    """Return the largest size of a record with a content of this size, in any dialect."""
    return int(content * _BASE64_FACTOR) + _REST


def content_size(record: int) -> int:
    """Return the size of the largest content for a record of at most this size."""
    return max(0, int((record - _REST) / _BASE64_FACTOR))


class SettingSource(StrEnum):
    """The origin of a setting; brokers have theirs from the cluster or from a file."""

    TOPIC = "topic"
    DYNAMIC_BROKER = "dynamic broker"
    STATIC_BROKER = "static broker"
    DEFAULT = "default"


#: By Kafka's name.
SETTING_SOURCES = {
    "DYNAMIC_TOPIC_CONFIG": SettingSource.TOPIC,
    "DYNAMIC_BROKER_CONFIG": SettingSource.DYNAMIC_BROKER,
    "DYNAMIC_DEFAULT_BROKER_CONFIG": SettingSource.DYNAMIC_BROKER,
    "STATIC_BROKER_CONFIG": SettingSource.STATIC_BROKER,
    "DEFAULT_CONFIG": SettingSource.DEFAULT,
}
_ORIGIN_TEXTS = {
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
    """`leader` is -1 while there is none; the others count brokers."""

    number: int
    leader: int
    replicas: int
    in_sync: int
    offline: int = 0


class StrimziOwner(Struct, frozen=True):
    """The Strimzi resource of a topic; unknown texts are empty."""

    resource: str = ""
    namespace: str = ""
    cluster: str = ""


class TopicDescription(Struct, frozen=True):
    """A topic as described by the broker, a file or a resource.

    `settings` are those of BROKER_NAMES, as far as known. `partitions` and `brokers` are empty and
    0 if unknown. `refused` has the requests denied to this node's user, with reasons; empty if
    there were none. `denied` are the operations forbidden to this user, by Kafka's names. `owner`
    is None without a known operator.
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
        """Return the replicas of the partition with the fewest; 0 if unknown."""
        return min((partition.replicas for partition in self.partitions), default=0)

    def origin_text(self, name: str) -> str:
        """Return the origin of a setting for a sentence; empty for the topic itself."""
        text = _ORIGIN_TEXTS.get(self.settings[name].source, "")
        return text.format(BROKER_NAMES.get(name, name))

    def setting_text(self, name: str) -> str:
        """Return name and value of a setting for a sentence, and its origin unless the topic."""
        text, origin = f"{name}={self.settings[name].value}", self.origin_text(name)
        return f"{text} ({origin})" if origin else text
