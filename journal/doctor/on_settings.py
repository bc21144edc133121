"""J01 and J07: settings of the topic under which records are lost."""

from collections.abc import Iterable

from journal.doctor.findings import Finding, places
from journal.doctor.observations import Observations
from journal.doctor.on_sequences import nonce_evidence
from journal.doctor.wording import keep_everything, strimzi_topic, time_of
from journal.tally import Sort, Tally
from journal.topic_facts import TopicFacts

_DAY_MS = 24 * 60 * 60 * 1000
#: What decides when a compacted topic loses what.
_OF_COMPACTION = (
    "min.cleanable.dirty.ratio",
    "min.compaction.lag.ms",
    "delete.retention.ms",
)


def policy_of(facts: TopicFacts) -> str:
    """A topic of which nothing is said has Kafka's default."""
    return facts.value("cleanup.policy") or "delete"


def compaction(seen: Observations) -> Finding | None:
    facts = seen.facts
    if facts is None or "compact" not in policy_of(facts):
        return None
    bare = seen.tally.seen(Sort.WITHOUT_NONCE)
    has_bare = bare.count > 0
    danger = (
        "writers older than 2.1.4 wrote id records whose keys are all alike: compaction removes "
        "all but the last of them."
    )
    return Finding(
        code="J01",
        severity="error" if has_bare else "warning",
        summary=f"The topic is compacted, and {danger}"
        if has_bare
        else "The topic is compacted. Id records are safe, since all have a nonce, but other "
        "records whose key is written twice are not.",
        evidence=(
            f"Topic {seen.topic} has {facts.said('cleanup.policy')}.",
            nonce_evidence(seen.tally),
            *([_activity(seen)] if has_bare else []),
            *_when(facts),
        ),
        records=places(bare.first),
        consequence="Each id record that compaction removes leaves the sequence one id further "
        "behind at the next replay, until uploads fail (J02, J03)."
        if has_bare
        else "After a compaction and a replay, deleted versions and groups can come back, and "
        "rules that were changed after their creation can be lost.",
        remedy=keep_everything(seen.topic)
        + ("\nThen upgrade every node to 2.1.4 or newer." if has_bare else ""),
        yaml=strimzi_topic(seen.topic, facts),
        mend="settings",
    )


def _activity(seen: Observations) -> str:
    """Whether those writers are still at work: nothing of today's, or only what is younger."""
    bare, nonced = seen.tally.seen(Sort.WITHOUT_NONCE).last, seen.tally.seen(Sort.WITH_NONCE).last
    is_last = nonced is None or (bare is not None and bare.timestamp > nonced.timestamp)
    is_recent = bare is not None and seen.now - bare.timestamp < _DAY_MS
    if is_last or is_recent:
        return "Such a writer is still active: its last id record is the newest, or of today."
    return "Newer id records have a nonce: no such writer seems to be active any more."


def _when(facts: TopicFacts) -> Iterable[str]:
    told = [facts.said(name) for name in _OF_COMPACTION if name in facts.settings]
    if told:
        yield (
            f"What decides when: {', '.join(told)}. In this journal a null value changes no "
            "table; what a reader can miss is the DELETE that a tombstone took the place of."
        )


def finite_retention(seen: Observations) -> Finding | None:
    facts = seen.facts
    if facts is None or "delete" not in policy_of(facts):
        return None
    finite = [
        facts.said(name)
        for name in ("retention.ms", "retention.bytes")
        if (facts.value(name) or "-1") != "-1"
    ]
    if not finite and "retention.ms" in facts.settings:
        return None
    told = ", ".join(finite) or "no retention.ms is told, and Kafka's default is 7 days"
    return Finding(
        code="J07",
        severity="error" if finite else "warning",
        summary=f"The broker may delete the oldest records of the journal: {told}.",
        evidence=(
            f"Topic {seen.topic} has cleanup.policy={policy_of(facts)}, {told}.",
            *_first_loss(_oldest(seen.tally), facts.value("retention.ms")),
        ),
        consequence="Every node builds its tables from the journal's beginning: what was deleted "
        "from the topic is missing in every node that replays it, artifacts and ids alike.",
        remedy=keep_everything(seen.topic),
        yaml=strimzi_topic(seen.topic, facts),
        mend="settings",
    )


def _first_loss(oldest: int | None, retention: str | None) -> Iterable[str]:
    if oldest is None:
        return
    yield f"The oldest record that was applied is of {time_of(oldest)}."
    if retention is not None and retention.isdecimal():
        days = int(retention) / _DAY_MS
        yield (
            f"It may be deleted from {time_of(oldest + int(retention))} on, "
            f"{days:.3g} days after it was written: whole segments go, once their newest record "
            "is as old."
        )


def _oldest(tally: Tally) -> int | None:
    return min((each.first.timestamp for each in tally.partitions.values()), default=None)
