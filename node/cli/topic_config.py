"""`manage.py mend settings`: before and after of each setting, the question, and what is now."""

from collections.abc import Callable
from typing import Any

from django.core.management import CommandError

from journal.repair.plan import ConfirmationFailed
from journal.repair.topic_config import (
    ConfigChange,
    ConfigOutdated,
    apply_changes,
    current_description,
    planned_changes,
    select_changes,
    to_kafka_topic_resource,
)

Write = Callable[[str], Any]


def mend_settings(write: Write, confirmed: Callable[[], str] | None, only: list[str]) -> None:
    """`only` names settings, empty for all; `confirmed` asks for the topic's name, None to stop.

    Raises CommandError, journal.kafka.records.BrokerError.
    """
    facts = current_description()
    planned = planned_changes(facts)
    unknown = set(only) - {change.name for change in planned}
    if unknown:
        raise CommandError(f"Nothing is to be changed of {', '.join(sorted(unknown))}.")
    changes = [change for change in planned if not only or change.name in only]
    if not changes:
        write("The topic has every setting that a journal needs.")
        return
    for change in changes:
        write(_line(change))
    write(
        "An operator that owns the topic, as Strimzi's does, takes back what is changed here. If "
        "there is one, change its KafkaTopic instead:"
    )
    write(to_kafka_topic_resource(changes, facts))
    if confirmed is None:
        return
    _change(write, [change.assignment for change in changes], confirmed())


def _change(write: Write, assignments: list[str], typed: str) -> None:
    try:
        # Asked for anew: what was typed may have taken its time.
        changes = select_changes(current_description(), assignments)
        after = apply_changes(changes, typed)
    except (ConfirmationFailed, ConfigOutdated) as error:
        raise CommandError(str(error)) from error
    for change in changes:
        write(f"{change.name} is {after.value(change.name)} now")


def _line(change: ConfigChange) -> str:
    before = "untold" if change.before is None else change.before.value
    told = f" ({change.readable_value})" if change.readable_value else ""
    origin = "" if change.before is None else f", from the {change.before.source}"
    why = f": {change.reason}" if change.reason else ""
    return f"{change.name}: now {before}{told}{origin}; then {change.after}{why}"
