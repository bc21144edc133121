"""Changes of the topic's settings to a journal's requirements: planned, chosen, applied."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from journal.health.remedies import render_kafka_topic
from journal.health.topic_requirements import check_settings
from journal.kafka.topic_description import Setting, TopicDescription
from journal.kafka.topics import KafkaTopic, TopicAdmin
from journal.repair.plan import ConfirmationFailed
from registry.waiting import pause

_APPLY_TIMEOUT_S = 5.0
_POLL_INTERVAL_S = 0.1


@dataclass(frozen=True, slots=True)
class ConfigChange:
    """A change of one setting; `before` is None if the broker does not return it.

    `readable_value` is the value before with a unit, or empty.
    """

    name: str
    before: Setting | None
    readable_value: str
    after: str
    reason: str

    @property
    def assignment(self) -> str:
        return f"{self.name}={self.after}"


class ConfigOutdated(Exception):
    """The chosen changes differ from those now needed for the topic."""


def planned_changes(description: TopicDescription) -> tuple[ConfigChange, ...]:
    """Return the changes needed for the topic, empty if none."""
    return tuple(
        ConfigChange(
            setting.name,
            description.settings.get(setting.name),
            setting.readable_value,
            setting.recommended,
            setting.reason,
        )
        for setting in check_settings(description, settings.ANNALS_LIMIT_CONTENT_BYTES)
        if setting.recommended is not None
    )


def select_changes(
    description: TopicDescription, assignments: Sequence[str]
) -> tuple[ConfigChange, ...]:
    """Return the planned changes with these `name=value`; raises ConfigOutdated if one is none."""
    planned = {change.assignment: change for change in planned_changes(description)}
    if not assignments:
        raise ConfigOutdated("No setting was chosen. Nothing was changed.")
    if not planned.keys() >= set(assignments):
        raise ConfigOutdated(
            "The settings have changed since they were shown. Nothing was changed: look at them "
            "again."
        )
    return tuple(planned[assignment] for assignment in dict.fromkeys(assignments))


def apply_changes(
    topic: KafkaTopic, changes: Sequence[ConfigChange], confirmation: str
) -> TopicDescription:
    """Change the topic's settings, and return the description afterwards.

    An operator that owns the topic may take the change back. Raises ConfirmationFailed unless
    `confirmation` is the topic's name, and BrokerError.
    """
    if confirmation != topic.name:
        raise ConfirmationFailed(f"{confirmation!r} is not the topic's name. Nothing was changed.")
    admin = TopicAdmin(*topic)
    config = {change.name: change.after for change in changes}
    admin.set_config(config)
    # The controller has the change by now; the broker that describes the topic may get it later.
    deadline = time.monotonic() + _APPLY_TIMEOUT_S
    while True:
        description = admin.describe()
        is_applied = all(description.value(name) == value for name, value in config.items())
        if is_applied or not description.settings or time.monotonic() >= deadline:
            return description
        pause(_POLL_INTERVAL_S)


def to_kafka_topic_resource(
    topic: KafkaTopic, changes: Sequence[ConfigChange], description: TopicDescription
) -> str:
    """Return these changes as Strimzi's KafkaTopic, for a topic owned by an operator."""
    config = {change.name: change.after for change in changes}
    return render_kafka_topic(topic.name, description, config)
