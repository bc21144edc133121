"""The journal's health: observations in, findings in plain sentences out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from django.conf import settings
from django.db import connections

from journal.models import ContentView
from journal.observations import IdRecords, Observations, SequenceState, observe
from journal.queries import node_state
from registry.models import DEFAULT_TENANT, SequenceName

Severity = Literal["error", "warning", "info"]

#: What a Java node up to 2.5.8 answers when the content id that it drew is in use.
JAVA_MESSAGE = "SQL error: Expected only one result row but got none."

_NAMED_AT_MOST = 20
_DAY_MS = 24 * 60 * 60 * 1000
#: What a broker falls back to when neither it nor the topic was told another retention.
_BROKERS_RETENTION = "7 days unless the broker was told otherwise"
_ID_NAMES = {SequenceName.CONTENT_ID: "content id", SequenceName.GLOBAL_ID: "global id"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; docs/findings tells of each code.

    `remedy` is a sentence or a command a line; commands are indented by two spaces.
    """

    code: str
    severity: Severity
    summary: str
    evidence: tuple[str, ...]
    consequence: str
    remedy: str


def diagnose(observations: Observations) -> tuple[Finding, ...]:
    """In the order of the codes; empty when nothing is wrong."""
    found = (
        _compaction(observations),
        _missing_id_records(observations),
        _sequences_behind(observations),
        _finite_retention(observations),
        _missed_records(observations),
        _outdated_view(observations),
    )
    return tuple(finding for finding in found if finding is not None)


def current_diagnosis() -> tuple[Finding, ...]:
    """Of this node's own tables and topic; raises django.db.DatabaseError without tables."""
    config = node_state().topic_config
    return diagnose(observe(connections["default"], settings.JOURNAL_TOPIC, config))


def _compaction(seen: Observations) -> Finding | None:
    policy = _policy(seen)
    if policy is None or "compact" not in policy:
        return None
    records = seen.id_records
    setting = f"Topic {seen.topic} has cleanup.policy={policy}."
    if records.without_nonce:
        return Finding(
            code="J01",
            severity="error",
            summary="The topic is compacted, and writers older than 2.1.4 wrote id records whose "
            "keys are all alike: compaction removes all but the last of them.",
            evidence=(setting, _nonce_evidence(records)),
            consequence="Each id record that compaction removes leaves the sequence one id further "
            "behind at the next replay, until uploads fail (J02, J03).",
            remedy=f"{_topic_remedy(seen.topic)}\nThen upgrade every node to 2.1.4 or newer.",
        )
    return Finding(
        code="J01",
        severity="warning",
        summary="The topic is compacted. Id records are safe, since none looked at lacks a nonce, "
        "but other records whose key is written twice are not.",
        evidence=(setting, _nonce_evidence(records)),
        consequence="After a compaction and a replay, deleted versions and groups can come back, "
        "and rules that were changed after their creation can be lost.",
        remedy=_topic_remedy(seen.topic),
    )


def _nonce_evidence(records: IdRecords) -> str:
    if records.newest_without_nonce is None:
        return (
            f"All of the {records.looked_at} id records looked at have a nonce: no writer older "
            "than 2.1.4 is seen."
        )
    partition, offset, timestamp = records.newest_without_nonce
    return (
        f"{records.without_nonce} of the {records.looked_at} id records looked at (the oldest and "
        f"the newest) have no nonce in their key: writers older than 2.1.4 wrote here, last at "
        f"partition {partition}, offset {offset}, {_time(timestamp)}."
    )


def _missing_id_records(seen: Observations) -> Finding | None:
    short = [each for each in seen.sequences if _lacks_records(each)]
    if not short:
        return None
    evidence = [_shortage(each) for each in short]
    if seen.id_records.without_nonce:
        evidence.append(_nonce_evidence(seen.id_records))
    return Finding(
        code="J02",
        severity="error",
        summary=f"Id records are missing from the journal: {_named(short)}.",
        evidence=tuple(evidence),
        consequence="Each replay counts the id records that are left, so every node that restarts "
        "comes to a sequence that is too low (J03).",
        remedy=f"{_topic_remedy(seen.topic)}\n{_RESET_REMEDY}",
    )


def _lacks_records(sequence: SequenceState) -> bool:
    """An import alone, not yet followed by its reset, explains ids that nobody drew."""
    if sequence.next_in_use is None:
        return False
    return bool(sequence.unrecorded) or not sequence.is_imported


def _named(short: Iterable[SequenceState]) -> str:
    return ", ".join(_lacking(each) for each in short)


def _lacking(sequence: SequenceState) -> str:
    ids = sequence.unrecorded
    if not ids:
        count = sequence.highest - sequence.value
        return f"{_of_tenant(sequence)}{count} {_ID_NAMES[sequence.name]}s"
    kind = f"{_of_tenant(sequence)}{sequence.name.value.removesuffix('Id')}"
    named = " and ".join(f"{kind} {each}" for each in ids[:_NAMED_AT_MOST])
    more = len(ids) - _NAMED_AT_MOST
    return f"{named} and {more} more" if more > 0 else named


def _shortage(sequence: SequenceState) -> str:
    if not sequence.unrecorded:
        return f"{_standing(sequence)} Which ids lack their record cannot be told."
    return f"No id record survives for {_lacking(sequence)}. {_standing(sequence)}"


def _sequences_behind(seen: Observations) -> Finding | None:
    behind = [each for each in seen.sequences if each.next_in_use is not None]
    if not behind:
        return None
    is_next = any(each.next_in_use == each.value + 1 for each in behind)
    standing = ", ".join(
        f"the {_ids(each)} sequence stands at {each.value} while {each.highest} is in use"
        for each in behind
    )
    return Finding(
        code="J03",
        severity="error" if is_next else "warning",
        summary=f"The sequences are behind the ids in use: {standing}.",
        evidence=tuple(f"{_standing(each)} {_collision(each)}" for each in behind),
        consequence=" ".join((*_failures(behind, is_next), _ELSEWHERE)),
        remedy=f"{_RESET_REMEDY}\nIf J02 is found, too, change the topic's settings first.",
    )


def _standing(sequence: SequenceState) -> str:
    return (
        f"The {_ids(sequence)} sequence stands at {sequence.value}, "
        f"the highest id in use is {sequence.highest}."
    )


def _collision(sequence: SequenceState) -> str:
    ahead = (sequence.next_in_use or 0) - sequence.value
    when = "The next draw" if ahead == 1 else f"Draw number {ahead} from now"
    return f"{when} gives {sequence.next_in_use}, which is taken."


def _failures(behind: Iterable[SequenceState], is_next: bool) -> Iterable[str]:
    names = {each.name for each in behind}
    when = "The next upload" if is_next else "An upload to come"
    if SequenceName.CONTENT_ID in names:
        yield (
            f"{when} of new content on a Java node up to 2.5.8 (so also on 2.1.3) fails with the "
            f'message "{JAVA_MESSAGE}" A Java node of 2.5.9 or newer overwrites the older content '
            "of that id instead."
        )
    if SequenceName.GLOBAL_ID in names:
        yield (
            f"{when} that draws a global id in use is refused on a Java node as if the artifact "
            "existed already."
        )


_ELSEWHERE = (
    "Each attempt uses up one id, so the failures end when the sequence has caught up; a restart "
    "or another compaction can bring them back. This node draws again when an id is in use, so "
    "its own uploads succeed."
)


def _finite_retention(seen: Observations) -> Finding | None:
    config, policy = seen.topic_config, _policy(seen)
    if config is None or policy is None or "delete" not in policy:
        return None
    finite = [
        f"{name}={config[name]}"
        for name in ("retention.ms", "retention.bytes")
        if config.get(name, "-1") != "-1"
    ]
    if not finite and "retention.ms" in config:
        return None
    told = ", ".join(finite) or f"no retention.ms: {_BROKERS_RETENTION}"
    return Finding(
        code="J07",
        severity="error" if finite else "warning",
        summary=f"The broker may delete the oldest records of the journal: {told}.",
        evidence=(
            f"Topic {seen.topic} has cleanup.policy={policy}, {told}.",
            *_first_loss(seen.oldest, config.get("retention.ms")),
        ),
        consequence="Every node builds its tables from the journal's beginning: what was deleted "
        "from the topic is missing in every node that replays it, artifacts and ids alike.",
        remedy=_topic_remedy(seen.topic),
    )


def _first_loss(oldest: int | None, retention: str | None) -> Iterable[str]:
    if oldest is None:
        return
    yield f"The oldest record that was applied is of {_time(oldest)}."
    if retention is not None and retention.isdigit():
        days = int(retention) / _DAY_MS
        yield (
            f"It may be deleted from {_time(oldest + int(retention))} on, "
            f"{days:.3g} days after it was written."
        )


def _missed_records(seen: Observations) -> Finding | None:
    if not seen.missed:
        return None
    some = seen.missed[:_NAMED_AT_MOST]
    more = len(seen.missed) - len(some)
    return Finding(
        code="J08",
        severity="error" if any(each.is_whole for each in seen.missed) else "warning",
        summary="Records were gone from the topic before this node came to them: "
        f"{sum(each.count for each in seen.missed)} offsets held none any more.",
        evidence=(
            *(f"Gone: {each.words}, noticed {_time(each.noticed_at)}." for each in some),
            *([f"And {more} more such stretches."] if more else []),
        ),
        consequence="What they said is not in these tables. Nodes that applied them in time hold "
        "other rows, and so does a node that replays the topic now; the state digests may differ.",
        remedy="If another node applied them, or a backup of the topic has them, go on from "
        "there. Else stop this node and rebuild its tables, which then are what the topic as it "
        "is says, and read first what that loses:\n  python manage.py rebuild",
    )


def _policy(seen: Observations) -> str | None:
    """None if nobody told the topic's settings; a topic that says nothing has Kafka's default."""
    if seen.topic_config is None:
        return None
    return seen.topic_config.get("cleanup.policy", "delete")


def _ids(sequence: SequenceState) -> str:
    return f"{_of_tenant(sequence)}{_ID_NAMES[sequence.name]}"


def _of_tenant(sequence: SequenceState) -> str:
    return "" if sequence.tenant == DEFAULT_TENANT else f"tenant {sequence.tenant}'s "


def _time(timestamp: int) -> str:
    try:
        return datetime.fromtimestamp(timestamp / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, ValueError, OSError):
        return f"{timestamp} ms"


def _topic_remedy(topic: str) -> str:
    return (
        "Make the topic keep every record:\n"
        "  bin/kafka-configs.sh --bootstrap-server HOST:PORT --alter --entity-type topics "
        f"--entity-name {topic} --add-config cleanup.policy=delete,retention.ms=-1,"
        "retention.bytes=-1"
    )


_RESET_REMEDY = (
    "Back up the topic, then import an export of an empty registry into a node: that says one "
    "RESET record for each sequence and nothing else.\n"
    "  curl http://EMPTY/apis/registry/v2/admin/export --output empty.zip\n"
    "  curl -X POST -H 'Content-Type: application/zip' --data-binary @empty.zip "
    "http://NODE/apis/registry/v2/admin/import"
)


def _outdated_view(seen: Observations) -> Finding | None:
    built = seen.built_view
    if built is None or built.newer is None or built.view is not ContentView.FIRST_WINS:
        return None
    return Finding(
        code="J23",
        severity="warning" if built.used_twice else "info",
        summary="Nodes of 2.5.9 or later write here, and these tables were built before, in the "
        "view of older ones: first-wins.",
        evidence=(
            f"The first record that only they write is at offset {built.newer}.",
            f"{built.used_twice} content records met a content id that was in use.",
        ),
        consequence="Where a content id was used twice, those nodes hold the last content and "
        "this one the first; their state digests differ.",
        remedy="Stop this node and rebuild its tables, which then take the view of the newer "
        "nodes:\n  python manage.py rebuild",
    )
