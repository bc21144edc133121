"""Changes the topic's settings to what a journal needs: shown first, then asked for by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from journal.brokers.topics import Topic
from journal.doctor.remedies import kafka_topic
from journal.doctor.topic_needs import judged_settings
from journal.mending.plans import NotConfirmed
from journal.topic_facts import Setting, TopicFacts


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is None where the broker does not tell; `told` is that in words, or empty."""

    name: str
    before: Setting | None
    told: str
    after: str
    why: str

    @property
    def assignment(self) -> str:
        return f"{self.name}={self.after}"


class OtherSettings(Exception):
    """What is to be changed is not what would be changed now; the text says so."""


def planned_changes(facts: TopicFacts) -> tuple[Change, ...]:
    """Empty where the topic has all that it needs."""
    return tuple(
        Change(row.name, facts.settings.get(row.name), row.told, row.wanted, row.why)
        for row in judged_settings(facts, settings.ANNALS_LIMIT_CONTENT_BYTES)
        if row.wanted is not None
    )


def present_facts() -> TopicFacts:
    """As the broker tells at this moment."""
    return _topic().facts()


def chosen_changes(facts: TopicFacts, assignments: Sequence[str]) -> tuple[Change, ...]:
    """Of the planned ones these, as `name=value`; raises OtherSettings unless all are planned."""
    planned = {change.assignment: change for change in planned_changes(facts)}
    if not assignments:
        raise OtherSettings("No setting was chosen. Nothing was changed.")
    if not planned.keys() >= set(assignments):
        raise OtherSettings(
            "The settings have changed since they were shown. Nothing was changed: look at them "
            "again."
        )
    return tuple(planned[each] for each in dict.fromkeys(assignments))


def change_settings(changes: Sequence[Change], typed: str) -> TopicFacts:
    """The settings afterwards; raises NotConfirmed unless `typed` is the topic's name, BrokerError.

    An operator who owns the topic may take the change back.
    """
    if typed != settings.JOURNAL_TOPIC:
        raise NotConfirmed(f"{typed!r} is not the topic's name. Nothing was changed.")
    topic = _topic()
    topic.set_config({change.name: change.after for change in changes})
    return topic.facts()


def resource_of(changes: Sequence[Change], facts: TopicFacts) -> str:
    """The same as Strimzi's KafkaTopic, for where an operator owns the topic."""
    after = {change.name: change.after for change in changes}
    return kafka_topic(settings.JOURNAL_TOPIC, facts, after)


def _topic() -> Topic:
    return Topic(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC)
