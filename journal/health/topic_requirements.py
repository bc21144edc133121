"""The topic's settings relevant for a journal: their required, present and recommended values.

The findings J01, J07, J09, J11 and J15, the health page and the change of settings use them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from journal.health.findings import Severity
from journal.health.units import format_bytes, format_value, is_limit, parse_number
from journal.kafka.topic_description import TopicDescription, record_size

#: The three settings that keep every record, if all of them are set.
KEEP_EVERYTHING = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


@dataclass(frozen=True, slots=True)
class CheckedSetting:
    """A setting of the topic, compared with the journal's requirement.

    `value` is None if the broker did not return it; `readable_value` is empty if the value needs no
    unit; `origin` is empty for a setting of the topic itself. `severity` is None if nothing is
    wrong, and `code` is the finding about it. `recommended` is None if no change is needed.
    `purpose` is what depends on the setting.
    """

    name: str
    required: str
    value: str | None
    readable_value: str
    origin: str
    severity: Severity | None
    code: str
    recommended: str | None
    reason: str
    purpose: str


@dataclass(frozen=True, slots=True)
class _Assessment:
    required: str
    severity: Severity | None = None
    recommended: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Requirement:
    """`assess` takes the description and the size of the largest content in bytes."""

    name: str
    code: str
    purpose: str
    assess: Callable[[TopicDescription, int], _Assessment]


def cleanup_policy(description: TopicDescription) -> str:
    """Return the topic's policy, or Kafka's default."""
    policy = description.value("cleanup.policy")
    return "delete" if policy is None else policy


def check_settings(
    description: TopicDescription, max_content_bytes: int
) -> tuple[CheckedSetting, ...]:
    """Return a row for each setting relevant for a journal."""
    rows = []
    for requirement in _REQUIREMENTS:
        value = description.value(requirement.name)
        assessment = requirement.assess(description, max_content_bytes)
        rows.append(
            CheckedSetting(
                name=requirement.name,
                required=assessment.required,
                value=value,
                readable_value="" if value is None else format_value(requirement.name, value),
                origin="" if value is None else description.origin_text(requirement.name),
                severity=assessment.severity,
                code=requirement.code,
                recommended=assessment.recommended,
                reason=assessment.reason,
                purpose=requirement.purpose,
            )
        )
    return tuple(rows)


def recommended_settings(
    description: TopicDescription, max_content_bytes: int, *codes: str
) -> Mapping[str, str]:
    """Return the values, by name, to resolve these findings, or all of them."""
    return {
        setting.name: setting.recommended
        for setting in check_settings(description, max_content_bytes)
        if setting.recommended is not None and (not codes or setting.code in codes)
    }


def _assess_policy(description: TopicDescription, _: int) -> _Assessment:
    if description.value("cleanup.policy") is None:
        return _Assessment("delete", recommended="delete")
    if "compact" not in cleanup_policy(description):
        return _Assessment("delete")
    reason = "Compaction removes records whose key was written again."
    return _Assessment("delete", "warning", "delete", reason)


def _assess_retention(name: str, description: TopicDescription, _: int) -> _Assessment:
    required = "-1, without limit"
    value, deletes = description.value(name), "delete" in cleanup_policy(description)
    reason = "Whoever replays the topic needs its first record."
    if value is None:
        # Kafka's default is without limit for bytes, and seven days for the time.
        is_unknown = deletes and name == "retention.ms"
        return _Assessment(required, "warning" if is_unknown else None, "-1", reason)
    if not is_limit(name, value):
        return _Assessment(required)
    if deletes:
        return _Assessment(required, "error", "-1", reason)
    reason = "It would hold once the topic is not only compacted."
    return _Assessment(required, None, "-1", reason)


def _assess_compaction(effect: str, description: TopicDescription, _: int) -> _Assessment:
    required = "any: nothing is compacted"
    if "compact" in cleanup_policy(description):
        return _Assessment(required, "warning", None, effect)
    return _Assessment(required)


def _assess_timestamps(description: TopicDescription, _: int) -> _Assessment:
    required = "LogAppendTime"
    if description.value("message.timestamp.type") in {None, required}:
        return _Assessment(required)
    reason = "Times of one clock, for the upgrade protocol."
    return _Assessment(required, "info", "LogAppendTime", reason)


def _assess_message_size(description: TopicDescription, max_content_bytes: int) -> _Assessment:
    minimum = record_size(max_content_bytes)
    required = f"{minimum} ({format_bytes(minimum)}) or more"
    allowed = parse_number(description.value("max.message.bytes"))
    if allowed is None or allowed >= minimum:
        return _Assessment(required)
    reason = "The largest content that is let in has to fit."
    return _Assessment(required, "info", str(minimum), reason)


def _assess_in_sync_replicas(description: TopicDescription, _: int) -> _Assessment:
    replicas = description.replicas
    recommended = str(max(replicas - 1, 1))
    required = recommended if replicas else "one less than replicas"
    minimum = parse_number(description.value("min.insync.replicas"))
    if minimum is None or replicas < 2:
        return _Assessment(required)
    if minimum >= replicas:
        reason = "With one broker less, nobody can write."
        return _Assessment(required, "warning", recommended, reason)
    if minimum == 1 and recommended != "1":
        reason = "One broker alone acknowledges, and may be lost."
        return _Assessment(required, "warning", recommended, reason)
    return _Assessment(required)


def _assess_leader_election(description: TopicDescription, _: int) -> _Assessment:
    is_unclean = description.value("unclean.leader.election.enable") == "true"
    if not is_unclean or description.replicas == 1:
        return _Assessment("false")
    reason = "A replica that lags may come to lead, and what it lacks is lost."
    return _Assessment("false", "warning", "false", reason)


_REQUIREMENTS = (
    _Requirement(
        "cleanup.policy",
        "J01",
        "Each record counts: ids are counted by records, and deletions are records.",
        _assess_policy,
    ),
    _Requirement(
        "retention.ms",
        "J07",
        "A record that is deleted by its age is missing at the next replay.",
        partial(_assess_retention, "retention.ms"),
    ),
    _Requirement(
        "retention.bytes",
        "J07",
        "Once the log is larger, its oldest records are deleted.",
        partial(_assess_retention, "retention.bytes"),
    ),
    _Requirement(
        "min.cleanable.dirty.ratio",
        "J01",
        "How soon the cleaner comes, on a compacted topic.",
        partial(_assess_compaction, "The cleaner comes once such a share of the log is new."),
    ),
    _Requirement(
        "min.compaction.lag.ms",
        "J01",
        "For how long records are safe, on a compacted topic.",
        partial(_assess_compaction, "Records that are younger stay; all others may go."),
    ),
    _Requirement(
        "delete.retention.ms",
        "J01",
        "For how long tombstones stay, on a compacted topic.",
        partial(
            _assess_compaction,
            "Tombstones stay so long. A null value changes no table of this journal: what a reader "
            "can miss is the DELETE that a tombstone took the place of.",
        ),
    ),
    _Requirement(
        "message.timestamp.type",
        "J11",
        "Java nodes from 2.5.9 on time their upgrade lock by it.",
        _assess_timestamps,
    ),
    _Requirement(
        "max.message.bytes",
        "J15",
        "A content whose record is larger is refused by the broker.",
        _assess_message_size,
    ),
    _Requirement(
        "min.insync.replicas",
        "J09",
        "How many brokers have a record before its writer is answered.",
        _assess_in_sync_replicas,
    ),
    _Requirement(
        "unclean.leader.election.enable",
        "J09",
        "Whether acknowledged records may be lost for availability.",
        _assess_leader_election,
    ),
)
