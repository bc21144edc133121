"""J01 and J07: settings of the topic under which records are lost."""

from collections.abc import Iterable

from journal.health.checks.sequences import nonce_evidence
from journal.health.findings import Finding, to_positions
from journal.health.formatting import format_time
from journal.health.observations import Observations
from journal.health.remedies import change_remedy
from journal.health.topic_requirements import KEEP_EVERYTHING, check_settings, cleanup_policy
from journal.health.units import format_bytes, format_duration, format_value, is_limit, parse_number
from journal.kafka.topic_description import TopicDescription
from journal.projection.tally import Category, PartitionTally

_DAY_MS = 24 * 60 * 60 * 1000
#: Kafka's, of segment.ms.
_SEGMENT_MS = 7 * _DAY_MS
_OUTCOME = (
    "Each id record that compaction removes leaves the sequence one id further behind at the next "
    "replay, until uploads fail (J02, J03)."
)
_OF_OTHER_KEYS = (
    "After a compaction and a replay, deleted versions and groups can come back, and rules that "
    "were changed after their creation can be lost."
)


def compaction(seen: Observations) -> Finding | None:
    """An error while writers without nonces are at work: each compaction takes ids of theirs."""
    facts = seen.facts
    if facts is None or "compact" not in cleanup_policy(facts):
        return None
    bare = seen.tally.seen(Category.WITHOUT_NONCE)
    is_active = bare.count > 0 and _are_active(seen)
    return Finding(
        code="J01",
        severity="error" if is_active else "warning",
        summary=f"The topic is compacted, and {_danger(bare.count, is_active)}",
        evidence=(
            f"Topic {seen.topic} has {facts.setting_text('cleanup.policy')}.",
            nonce_evidence(seen.tally),
            *([_activity(is_active)] if bare.count else []),
            *_when(facts, seen.largest),
        ),
        records=to_positions(bare.first),
        consequence=_OUTCOME if bare.count else _OF_OTHER_KEYS,
        remedy=change_remedy(seen.topic, facts, KEEP_EVERYTHING)
        + ("\nThen upgrade every node to 2.1.4 or newer." if is_active else ""),
        mend="settings",
    )


def _danger(bare: int, is_active: bool) -> str:
    if not bare:
        return (
            "though id records are safe, since all have a nonce, other records whose key is "
            "written twice are not."
        )
    when = "write" if is_active else "wrote"
    return (
        f"writers older than 2.1.4 {when} id records whose keys are all alike: compaction removes "
        "all but the last of them."
    )


def _are_active(seen: Observations) -> bool:
    """Nobody younger has drawn an id since, or they drew one within the last day."""
    bare, nonced = (
        seen.tally.seen(Category.WITHOUT_NONCE).last,
        seen.tally.seen(Category.WITH_NONCE).last,
    )
    if bare is None:
        return False
    is_last = nonced is None or bare.timestamp > nonced.timestamp
    return is_last or seen.now - bare.timestamp < _DAY_MS


def _activity(is_active: bool) -> str:
    if is_active:
        return (
            "Such a writer is taken for active: its last id record is the newest one, or of the "
            "last day."
        )
    return "Newer id records have a nonce: no such writer seems to be active any more."


def _when(facts: TopicDescription, largest: int) -> Iterable[str]:
    """What decides when a compacted topic loses what."""
    for row in check_settings(facts, largest):
        if row.code == "J01" and row.name != "cleanup.policy" and row.value is not None:
            told = f" ({row.readable_value})" if row.readable_value else ""
            yield f"{facts.setting_text(row.name)}{told}: {row.reason}"


def finite_retention(seen: Observations) -> Finding | None:
    facts = seen.facts
    if facts is None or "delete" not in cleanup_policy(facts):
        return None
    finite = [
        name for name in ("retention.ms", "retention.bytes") if is_limit(name, _told(facts, name))
    ]
    if not finite and "retention.ms" in facts.settings:
        return None
    told = [f"{facts.setting_text(name)}{_in_words(facts, name)}" for name in finite]
    told = told or ["no retention.ms is told, and Kafka's default is 7 days"]
    return Finding(
        code="J07",
        severity="error" if finite else "warning",
        summary=f"The broker may delete the oldest records of the journal: {', '.join(told)}.",
        evidence=(
            f"Topic {seen.topic} has cleanup.policy={cleanup_policy(facts)}, {', '.join(told)}.",
            *_first_loss(seen, facts),
            *_fill(seen, facts),
        ),
        consequence="Every node builds its tables from the journal's beginning: what was deleted "
        "from the topic is missing in every node that replays it, artifacts and ids alike. "
        "`manage.py foresee retention --by DATE` lists what would be lost by a date, as does the "
        "page /ui/health/foresee.",
        remedy=change_remedy(seen.topic, facts, KEEP_EVERYTHING),
        mend="settings",
    )


def _told(facts: TopicDescription, name: str) -> str:
    return facts.value(name) or "-1"


def _in_words(facts: TopicDescription, name: str) -> str:
    words = format_value(name, _told(facts, name))
    return f", which is {words}" if words else ""


def _first_loss(seen: Observations, facts: TopicDescription) -> Iterable[str]:
    partitions = seen.tally.partitions.values()
    if not partitions:
        return
    oldest = min(partitions, key=lambda each: each.first.timestamp)
    yield f"The oldest record that was applied is of {format_time(oldest.first.timestamp)}."
    if (name := "retention.ms") in facts.settings and is_limit(name, _told(facts, name)):
        yield from _dates(seen, facts, oldest)
    if seen.first_words:
        yield f"The first to go: {'; '.join(seen.first_words)}."


def _dates(seen: Observations, facts: TopicDescription, oldest: PartitionTally) -> Iterable[str]:
    """Kafka deletes whole segments, and a segment once its newest record is old enough."""
    retention = parse_number(facts.value("retention.ms"))
    if retention is None:
        return
    length = parse_number(facts.value("segment.ms")) or _SEGMENT_MS
    begin = oldest.first.timestamp
    is_closed = seen.now > begin + length
    # While the first segment is open, records that are still to come keep it longer.
    end = min(begin + length, oldest.last.timestamp) if is_closed else begin + length
    earliest, latest = format_time(begin + retention), format_time(end + retention)
    yield (
        f"It may be deleted from {earliest} on, {format_duration(retention)} after it was "
        f"written, and not later than about {latest}: whole segments go, once their newest "
        f"record is as old, and the first one holds at most {format_duration(length)} of records."
    )


def _fill(seen: Observations, facts: TopicDescription) -> Iterable[str]:
    limit = parse_number(_told(facts, "retention.bytes"))
    used = sum(each.bytes for each in seen.tally.types.values())
    if limit is None or limit < 0 or not used:
        return
    yield (
        f"The records that were applied have {format_bytes(used)} of keys and values; each "
        f"partition may have {format_bytes(limit)} before its oldest segment goes."
    )
