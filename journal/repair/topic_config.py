"""Changes the topic's settings to what a journal needs: shown first, then asked for by name."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from journal.health.remedies import kafka_topic
from journal.health.topic_requirements import check_settings
from journal.kafka.topic_description import Setting, TopicDescription
from journal.kafka.topics import TopicAdmin
from journal.repair.plan import ConfirmationFailed

_TAKES_EFFECT_S = 5.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """`before` is None where the broker does not tell; `told` is that in words, or empty."""

    name: str
    before: Setting | None
    told: str
    after: str
    why: str

    @property
    def assignment(self) -> str:
        return f"{self.name}={self.after}"


class ConfigOutdated(Exception):
    """What is to be changed is not what would be changed now; the text says so."""


def planned_changes(facts: TopicDescription) -> tuple[ConfigChange, ...]:
    """Empty where the topic has all that it needs."""
    return tuple(
        ConfigChange(row.name, facts.settings.get(row.name), row.told, row.wanted, row.why)
        for row in check_settings(facts, settings.ANNALS_LIMIT_CONTENT_BYTES)
        if row.wanted is not None
    )


def current_description() -> TopicDescription:
    """As the broker tells at this moment."""
    return _topic().describe()


def select_changes(facts: TopicDescription, assignments: Sequence[str]) -> tuple[ConfigChange, ...]:
    """Of the planned ones these, as `name=value`; raises ConfigOutdated unless all are planned."""
    planned = {change.assignment: change for change in planned_changes(facts)}
    if not assignments:
        raise ConfigOutdated("No setting was chosen. Nothing was changed.")
    if not planned.keys() >= set(assignments):
        raise ConfigOutdated(
            "The settings have changed since they were shown. Nothing was changed: look at them "
            "again."
        )
    return tuple(planned[each] for each in dict.fromkeys(assignments))


def apply_changes(changes: Sequence[ConfigChange], typed: str) -> TopicDescription:
    """Return the settings afterwards.

    Raises ConfirmationFailed unless `typed` is the topic's name, BrokerError.
    An operator who owns the topic may take the change back.
    """
    if typed != settings.JOURNAL_TOPIC:
        raise ConfirmationFailed(f"{typed!r} is not the topic's name. Nothing was changed.")
    topic = _topic()
    wanted = {change.name: change.after for change in changes}
    topic.set_config(wanted)
    # The controller has it by then; the broker that tells may take a moment longer.
    until = time.monotonic() + _TAKES_EFFECT_S
    facts = topic.describe()
    while facts.settings and time.monotonic() < until and not _has(facts, wanted):
        time.sleep(_LOOK_S)
        facts = topic.describe()
    return facts


def _has(facts: TopicDescription, wanted: Mapping[str, str]) -> bool:
    return all(facts.value(name) == value for name, value in wanted.items())


def to_kafka_topic_resource(changes: Sequence[ConfigChange], facts: TopicDescription) -> str:
    """The same as Strimzi's KafkaTopic, for where an operator owns the topic."""
    after = {change.name: change.after for change in changes}
    return kafka_topic(settings.JOURNAL_TOPIC, facts, after)


def _topic() -> TopicAdmin:
    return TopicAdmin(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC)
