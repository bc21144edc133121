"""`manage.py repair topic-config`: before and after of each setting, the question, the result."""

from collections.abc import Callable
from typing import Any

from django.core.management import CommandError

from journal.kafka.topics import KafkaTopic, TopicAdmin
from journal.repair.plan import ConfirmationFailed
from journal.repair.topic_config import (
    ConfigChange,
    ConfigOutdated,
    apply_changes,
    planned_changes,
    select_changes,
    to_kafka_topic_resource,
)

Write = Callable[[str], Any]


def repair_topic_config(
    topic: KafkaTopic, write: Write, ask_for_topic: Callable[[], str] | None, names: list[str]
) -> None:
    """Change settings of the topic: those in `names`, or all if empty.

    `ask_for_topic` returns the topic's name as typed by an operator; None for a dry run. Raises
    CommandError, journal.kafka.errors.BrokerError.
    """
    admin = TopicAdmin(*topic)
    description = admin.describe()
    planned = planned_changes(description)
    unknown = set(names) - {change.name for change in planned}
    if unknown:
        raise CommandError(f"Nothing is to be changed of {', '.join(sorted(unknown))}.")
    changes = [change for change in planned if not names or change.name in names]
    if not changes:
        write("The topic has every setting that a journal needs.")
        return
    for change in changes:
        write(_format_change(change))
    write(
        "An operator that owns the topic, as Strimzi's does, takes back what is changed here. If "
        "there is one, change its KafkaTopic instead:"
    )
    write(to_kafka_topic_resource(topic, changes, description))
    if ask_for_topic is None:
        return
    assignments, typed = [change.assignment for change in changes], ask_for_topic()
    try:
        # The topic may have changed while the operator typed.
        current_changes = select_changes(admin.describe(), assignments)
        after = apply_changes(topic, current_changes, typed)
    except (ConfirmationFailed, ConfigOutdated) as error:
        raise CommandError(str(error)) from error
    for change in current_changes:
        write(f"{change.name} is {after.value(change.name)} now")


def _format_change(change: ConfigChange) -> str:
    before = "untold" if change.before is None else change.before.value
    readable = f" ({change.readable_value})" if change.readable_value else ""
    origin = "" if change.before is None else f", from the {change.before.source}"
    reason = f": {change.reason}" if change.reason else ""
    return f"{change.name}: now {before}{readable}{origin}; then {change.after}{reason}"
