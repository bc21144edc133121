"""Changes the topic's settings to what a journal needs: shown first, then asked for by name."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from journal.brokers.topics import TOPIC_CONFIG, Topic
from journal.mending.plans import NotConfirmed
from journal.topic_facts import Setting, TopicFacts, record_size

_WHY = {
    "cleanup.policy": "Compaction removes records whose key was written again.",
    "retention.ms": "Whoever replays the topic needs its first record.",
    "retention.bytes": "Whoever replays the topic needs its first record.",
    "message.timestamp.type": "Times of one clock, for the upgrade protocol.",
    "max.message.bytes": "The largest content that is let in has to fit.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """`before` is None where the broker does not tell."""

    name: str
    before: Setting | None
    after: str
    why: str


def planned_changes(facts: TopicFacts) -> tuple[Change, ...]:
    """Empty where the topic has all that it needs."""
    wanted = dict(TOPIC_CONFIG)
    largest = record_size(settings.ANNALS_LIMIT_CONTENT_BYTES)
    allowed = facts.value("max.message.bytes") or ""
    if allowed.isdecimal() and int(allowed) < largest:
        wanted["max.message.bytes"] = str(largest)
    return tuple(
        Change(name, facts.settings.get(name), value, _WHY[name])
        for name, value in wanted.items()
        if facts.value(name) != value
    )


def present_facts() -> TopicFacts:
    """As the broker tells at this moment."""
    return _topic().facts()


def change_settings(changes: Sequence[Change], typed: str) -> TopicFacts:
    """The settings afterwards; raises NotConfirmed unless `typed` is the topic's name, BrokerError.

    An operator who owns the topic may take the change back.
    """
    if typed != settings.JOURNAL_TOPIC:
        raise NotConfirmed(f"{typed!r} is not the topic's name. Nothing was changed.")
    topic = _topic()
    topic.set_config({change.name: change.after for change in changes})
    return topic.facts()


def _topic() -> Topic:
    return Topic(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC)
