"""The topic's settings for the broker's cleanup, with Kafka's defaults."""

from dataclasses import dataclass, fields

from journal.kafka.topic_description import TopicDescription

_POLICY = "delete"
_DAY_MS = 24 * 60 * 60 * 1000


class InvalidSetting(ValueError):
    """A setting with a value other than a number."""


@dataclass(frozen=True, slots=True)
class CleanupConfig:
    """Times in ms, sizes in bytes; -1 is without limit. The fields are named as the settings."""

    cleanup_policy: str = _POLICY
    retention_ms: int = 7 * _DAY_MS
    retention_bytes: int = -1
    segment_ms: int = 7 * _DAY_MS
    segment_bytes: int = 1024 * 1024 * 1024
    min_compaction_lag_ms: int = 0

    @property
    def compacts(self) -> bool:
        return "compact" in self.cleanup_policy

    @property
    def deletes(self) -> bool:
        return "delete" in self.cleanup_policy


def parse_cleanup_config(description: TopicDescription) -> CleanupConfig:
    """Parse the cleanup settings, with Kafka's defaults for missing ones; raises InvalidSetting."""
    policy = description.value("cleanup.policy") or _POLICY
    numbers = {}
    for field in fields(CleanupConfig):
        name = field.name.replace("_", ".")
        text = description.value(name)
        if name == "cleanup.policy" or text is None:
            continue
        try:
            numbers[field.name] = int(text)
        except ValueError:
            raise InvalidSetting(f"{name} is {text!r}, which is no number") from None
    return CleanupConfig(policy, **numbers)
