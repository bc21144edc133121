"""J01 and J07: settings of the topic with a loss of records as their effect."""

from collections.abc import Iterable

from journal.health.checks.sequences import nonce_evidence
from journal.health.findings import Finding, to_positions
from journal.health.formatting import format_time
from journal.health.observations import Observations
from journal.health.remedies import change_remedy
from journal.health.topic_requirements import KEEP_EVERYTHING, check_settings, cleanup_policy
from journal.health.units import (
    format_bytes,
    format_duration,
    format_value,
    is_limit,
    parse_number,
)
from journal.kafka.topic_description import TopicDescription
from journal.projection.tally import Category

_DAY_MS = 24 * 60 * 60 * 1000
#: Kafka's default of segment.ms.
_SEGMENT_MS = 7 * _DAY_MS


def compaction(observations: Observations) -> Finding | None:
    """Report an error while writers without nonces are active: compaction removes their ids."""
    description = observations.topic_description
    if description is None or "compact" not in cleanup_policy(description):
        return None
    bare = observations.tally.occurrences(Category.WITHOUT_NONCE)
    nonced = observations.tally.occurrences(Category.WITH_NONCE)
    is_active = bare.last is not None and (
        nonced.last is None
        or bare.last.timestamp > nonced.last.timestamp
        or observations.now - bare.last.timestamp < _DAY_MS
    )
    evidence = [
        f"Topic {observations.topic} has {description.setting_text('cleanup.policy')}.",
        nonce_evidence(observations.tally),
    ]
    if not bare.count:
        danger = (
            "though id records are safe, since all have a nonce, other records whose key is "
            "written twice are not."
        )
        consequence = (
            "After a compaction and a replay, deleted versions and groups can come back, and rules "
            "that were changed after their creation can be lost."
        )
    else:
        danger = (
            f"writers older than 2.1.4 {'write' if is_active else 'wrote'} id records whose keys "
            "are all alike: compaction removes all but the last of them."
        )
        evidence.append(
            "Such a writer is taken for active: its last id record is the newest one, or of the "
            "last day."
            if is_active
            else "Newer id records have a nonce: no such writer seems to be active any more."
        )
        consequence = (
            "Each id record that compaction removes leaves the sequence one id further behind at "
            "the next replay, until uploads fail (J02, J03)."
        )
    for setting in check_settings(description, observations.max_content_bytes):
        if setting.code == "J01" and setting.name != "cleanup.policy" and setting.value is not None:
            unit = f" ({setting.readable_value})" if setting.readable_value else ""
            evidence.append(f"{description.setting_text(setting.name)}{unit}: {setting.reason}")
    return Finding(
        code="J01",
        severity="error" if is_active else "warning",
        summary=f"The topic is compacted, and {danger}",
        evidence=tuple(evidence),
        records=to_positions(bare.first),
        consequence=consequence,
        remedy=change_remedy(observations.topic, description, KEEP_EVERYTHING)
        + ("\nThen upgrade every node to 2.1.4 or newer." if is_active else ""),
        repair="settings",
    )


def finite_retention(observations: Observations) -> Finding | None:
    description = observations.topic_description
    if description is None or "delete" not in cleanup_policy(description):
        return None
    limits = []
    for name in ("retention.ms", "retention.bytes"):
        value = description.value(name) or "-1"
        if is_limit(name, value):
            readable = format_value(name, value)
            unit = f", which is {readable}" if readable else ""
            limits.append(f"{description.setting_text(name)}{unit}")
    if not limits and "retention.ms" in description.settings:
        return None
    named = ", ".join(limits) or "no retention.ms is told, and Kafka's default is 7 days"
    return Finding(
        code="J07",
        severity="error" if limits else "warning",
        summary=f"The broker may delete the oldest records of the journal: {named}.",
        evidence=(
            f"Topic {observations.topic} has cleanup.policy={cleanup_policy(description)}, "
            f"{named}.",
            *_first_loss(observations, description),
        ),
        consequence="Every node builds its tables from the journal's beginning: what was deleted "
        "from the topic is missing in every node that replays it, artifacts and ids alike. "
        "`manage.py simulate retention --by DATE` lists what would be lost by a date, as does the "
        "page /ui/health/foresee.",
        remedy=change_remedy(observations.topic, description, KEEP_EVERYTHING),
        repair="settings",
    )


def _first_loss(observations: Observations, description: TopicDescription) -> Iterable[str]:
    """Estimate the time of the first segment's deletion, and its records."""
    partitions = observations.tally.partitions.values()
    retention_ms = parse_number(description.value("retention.ms"))
    if partitions:
        oldest = min(partitions, key=lambda partition: partition.first.timestamp)
        begin = oldest.first.timestamp
        yield f"The oldest record that was applied is of {format_time(begin)}."
        if retention_ms is not None and is_limit("retention.ms", str(retention_ms)):
            segment_ms = parse_number(description.value("segment.ms")) or _SEGMENT_MS
            # While the first segment is open, records that are still to come keep it longer.
            end = begin + segment_ms
            if observations.now > end:
                end = min(end, oldest.last.timestamp)
            yield (
                f"It may be deleted from {format_time(begin + retention_ms)} on, "
                f"{format_duration(retention_ms)} after it was written, and not later than about "
                f"{format_time(end + retention_ms)}: whole segments go, once their newest record "
                f"is as old, and the first one holds at most {format_duration(segment_ms)} of "
                "records."
            )
        if observations.oldest_summaries:
            yield f"The first to go: {'; '.join(observations.oldest_summaries)}."
    retention_bytes = parse_number(description.value("retention.bytes"))
    used = sum(count.bytes for count in observations.tally.types.values())
    if retention_bytes is not None and retention_bytes >= 0 and used:
        yield (
            f"The records that were applied have {format_bytes(used)} of keys and values; each "
            f"partition may have {format_bytes(retention_bytes)} before its oldest segment goes."
        )
