"""What a journal needs of each setting of its topic, and what the setting is: one row each.

The findings J01, J07, J09, J11 and J15, the health page and the change of settings go by it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from journal.health.findings import Severity
from journal.health.units import format_bytes, format_value, is_limit, parse_number
from journal.kafka.topic_description import TopicDescription, record_size

#: The three that keep every record; they belong together.
KEEP_EVERYTHING = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}
_BYTES_NEEDED = "max.message.bytes"


@dataclass(frozen=True, slots=True)
class CheckedSetting:
    """`value` is None where nobody told it, `told` is empty where it speaks for itself.

    `severity` is None where nothing is wrong; `code` is the finding's that tells of it. `wanted` is
    the value that would mend it, None where none is needed. `matters` says what hangs on it.
    """

    name: str
    needed: str
    value: str | None
    told: str
    origin: str
    severity: Severity | None
    code: str
    wanted: str | None
    why: str
    matters: str = ""


@dataclass(frozen=True, slots=True)
class _Verdict:
    severity: Severity | None = None
    wanted: str | None = None
    why: str = ""


_GOOD = _Verdict()


@dataclass(frozen=True, slots=True)
class _Need:
    name: str
    code: str
    needed: Callable[[TopicDescription, int], str]
    judge: Callable[[TopicDescription, int], _Verdict]


def cleanup_policy(facts: TopicDescription) -> str:
    """A topic of which nothing is said has Kafka's default."""
    told = facts.value("cleanup.policy")
    return "delete" if told is None else told


def check_settings(facts: TopicDescription, largest: int) -> tuple[CheckedSetting, ...]:
    """One row for each that a journal depends on; `largest` is of a content, in bytes."""
    return tuple(_judged(need, facts, largest) for need in _NEEDS)


def recommended_settings(facts: TopicDescription, largest: int, *codes: str) -> Mapping[str, str]:
    """What would mend the topic, by name; of these findings, or of all."""
    return {
        row.name: row.wanted
        for row in check_settings(facts, largest)
        if row.wanted is not None and (not codes or row.code in codes)
    }


def _judged(need: _Need, facts: TopicDescription, largest: int) -> CheckedSetting:
    value = facts.value(need.name)
    verdict = need.judge(facts, largest)
    return CheckedSetting(
        name=need.name,
        needed=need.needed(facts, largest),
        value=value,
        told="" if value is None else format_value(need.name, value),
        origin="" if value is None else facts.origin_text(need.name),
        severity=verdict.severity,
        code=need.code,
        wanted=verdict.wanted,
        why=verdict.why,
        matters=_MATTERS[need.name],
    )


def _policy(facts: TopicDescription, _: int) -> _Verdict:
    if facts.value("cleanup.policy") is None:
        return _Verdict(wanted="delete")
    if "compact" not in cleanup_policy(facts):
        return _GOOD
    why = "Compaction removes records whose key was written again."
    return _Verdict("warning", "delete", why)


def _retention(name: str) -> Callable[[TopicDescription, int], _Verdict]:
    def judge(facts: TopicDescription, _: int) -> _Verdict:
        value, deletes = facts.value(name), "delete" in cleanup_policy(facts)
        why = "Whoever replays the topic needs its first record."
        if value is None:
            # Without limit unless somebody set it, other than the time.
            is_unknown = deletes and name == "retention.ms"
            return _Verdict("warning" if is_unknown else None, "-1", why)
        if not is_limit(name, value):
            return _GOOD
        if deletes:
            return _Verdict("error", "-1", why)
        return _Verdict(None, "-1", "It would hold once the topic is not only compacted.")

    return judge


def _of_compaction(effect: str) -> Callable[[TopicDescription, int], _Verdict]:
    def judge(facts: TopicDescription, _: int) -> _Verdict:
        return _Verdict("warning", None, effect) if "compact" in cleanup_policy(facts) else _GOOD

    return judge


def _timestamps(facts: TopicDescription, _: int) -> _Verdict:
    if facts.value("message.timestamp.type") in {None, "LogAppendTime"}:
        return _GOOD
    return _Verdict("info", "LogAppendTime", "Times of one clock, for the upgrade protocol.")


def _size(facts: TopicDescription, largest: int) -> _Verdict:
    allowed, needed = parse_number(facts.value(_BYTES_NEEDED)), record_size(largest)
    if allowed is None or allowed >= needed:
        return _GOOD
    return _Verdict("info", str(needed), "The largest content that is let in has to fit.")


def _in_sync(facts: TopicDescription, _: int) -> _Verdict:
    replicas, least = facts.replicas, parse_number(facts.value("min.insync.replicas"))
    if least is None or replicas < 2:
        return _GOOD
    wanted = str(max(replicas - 1, 1))
    if least >= replicas:
        return _Verdict("warning", wanted, "With one broker less, nobody can write.")
    if least == 1 and wanted != "1":
        return _Verdict("warning", wanted, "One broker alone acknowledges, and may be lost.")
    return _GOOD


def _unclean(facts: TopicDescription, _: int) -> _Verdict:
    is_allowed = facts.value("unclean.leader.election.enable") == "true"
    if not is_allowed or facts.replicas == 1:
        return _GOOD
    why = "A replica that lags may come to lead, and what it lacks is lost."
    return _Verdict("warning", "false", why)


def _always(words: str) -> Callable[[TopicDescription, int], str]:
    return lambda facts, largest: words


def _in_sync_needed(facts: TopicDescription, _: int) -> str:
    return str(max(facts.replicas - 1, 1)) if facts.replicas else "one less than replicas"


def _size_needed(_: TopicDescription, largest: int) -> str:
    return f"{record_size(largest)} ({format_bytes(record_size(largest))}) or more"


_MATTERS = {
    "cleanup.policy": "Each record counts: ids are counted by records, and deletions are records.",
    "retention.ms": "A record that is deleted by its age is missing at the next replay.",
    "retention.bytes": "Once the log is larger, its oldest records are deleted.",
    "min.cleanable.dirty.ratio": "How soon the cleaner comes, on a compacted topic.",
    "min.compaction.lag.ms": "For how long records are safe, on a compacted topic.",
    "delete.retention.ms": "For how long tombstones stay, on a compacted topic.",
    "message.timestamp.type": "Java nodes from 2.5.9 on time their upgrade lock by it.",
    _BYTES_NEEDED: "A content whose record is larger is refused by the broker.",
    "min.insync.replicas": "How many brokers have a record before its writer is answered.",
    "unclean.leader.election.enable": "Whether acknowledged records may be lost for availability.",
}
_ANY = _always("any: nothing is compacted")
_NEEDS: Iterable[_Need] = (
    _Need("cleanup.policy", "J01", _always("delete"), _policy),
    _Need("retention.ms", "J07", _always("-1, without limit"), _retention("retention.ms")),
    _Need("retention.bytes", "J07", _always("-1, without limit"), _retention("retention.bytes")),
    _Need(
        "min.cleanable.dirty.ratio",
        "J01",
        _ANY,
        _of_compaction("The cleaner comes once such a share of the log is new."),
    ),
    _Need(
        "min.compaction.lag.ms",
        "J01",
        _ANY,
        _of_compaction("Records that are younger stay; all others may go."),
    ),
    _Need(
        "delete.retention.ms",
        "J01",
        _ANY,
        _of_compaction(
            "Tombstones stay so long. A null value changes no table of this journal: what a reader "
            "can miss is the DELETE that a tombstone took the place of."
        ),
    ),
    _Need("message.timestamp.type", "J11", _always("LogAppendTime"), _timestamps),
    _Need(_BYTES_NEEDED, "J15", _size_needed, _size),
    _Need("min.insync.replicas", "J09", _in_sync_needed, _in_sync),
    _Need("unclean.leader.election.enable", "J09", _always("false"), _unclean),
)
