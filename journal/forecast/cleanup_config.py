"""The topic's settings that decide what a broker removes, with Kafka's defaults."""

from dataclasses import dataclass, fields

from journal.kafka.topic_description import TopicDescription

_POLICY = "delete"
_DAY = 24 * 60 * 60 * 1000


class InvalidSetting(ValueError):
    """A setting that is no number; the text says which."""


@dataclass(frozen=True, slots=True)
class CleanupConfig:
    """Times in ms, sizes in bytes; -1 is without limit. The fields are named as the settings."""

    cleanup_policy: str = _POLICY
    retention_ms: int = 7 * _DAY
    retention_bytes: int = -1
    segment_ms: int = 7 * _DAY
    segment_bytes: int = 1024 * 1024 * 1024
    min_compaction_lag_ms: int = 0
    delete_retention_ms: int = _DAY

    @property
    def compacts(self) -> bool:
        return "compact" in self.cleanup_policy

    @property
    def deletes(self) -> bool:
        return "delete" in self.cleanup_policy


#: Setting name by field: cleanup_policy is cleanup.policy.
_NAMES = {field.name: field.name.replace("_", ".") for field in fields(CleanupConfig)}


def parse_cleanup_config(facts: TopicDescription) -> CleanupConfig:
    """What is not told is Kafka's default; raises InvalidSetting."""
    told = {field: facts.value(name) for field, name in _NAMES.items()}
    policy = told.pop("cleanup_policy") or _POLICY
    numbers = {field: _number(field, text) for field, text in told.items() if text is not None}
    return CleanupConfig(policy, **numbers)


def _number(field: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidSetting(f"{_NAMES[field]} is {text!r}, which is no number") from None
