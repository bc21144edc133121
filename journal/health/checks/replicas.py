"""J09, J11, J15 and J21: what the topic's replicas, times, sizes and permissions make of writes."""

from collections.abc import Iterable

from journal.health.findings import SEVERITIES, Finding, Severity
from journal.health.observations import Observations
from journal.health.remedies import change_remedy
from journal.health.topic_requirements import CheckedSetting, check_settings, recommended_settings
from journal.kafka.topic_description import TopicDescription, content_size

#: How kafka-acls names the operations that a node's user should have.
_NAMES = {
    "READ": "Read",
    "WRITE": "Write",
    "DESCRIBE_CONFIGS": "DescribeConfigs",
    "ALTER_CONFIGS": "AlterConfigs",
}
_UNASKED = ("Describe", "DescribeConfigs")
_RAISE = (
    "Have as many replicas as there are brokers for, three if possible "
    "(kafka-reassign-partitions.sh, or spec.replicas of the KafkaTopic with Strimzi), and bring "
    "back brokers that are away."
)


def replicas(seen: Observations) -> Finding | None:
    """One replica is all that a cluster of one broker can have, and no fault of the topic."""
    facts = seen.facts
    if facts is None:
        return None
    placed = list(_replica_troubles(facts))
    rows = [row for row in _rows(seen, facts, "J09") if row.severity is not None]
    told = [
        *placed,
        *((_severity(row), f"{facts.setting_text(row.name)}: {row.reason}") for row in rows),
    ]
    if not told:
        return None
    changes = recommended_settings(facts, seen.largest, "J09")
    remedy = [_RAISE] if placed else []
    remedy += [change_remedy(seen.topic, facts, changes)] if changes else []
    return Finding(
        code="J09",
        severity=min((severity for severity, _ in told), key=SEVERITIES.index),
        summary="The loss of a broker can cost this topic records or its writability.",
        evidence=tuple(words for _, words in told),
        consequence="The journal is what every node's tables are made of: a record that was "
        "acknowledged and is lost with a broker is lost for all that replay it.",
        remedy="\n".join(remedy),
        mend="settings" if changes else "",
    )


def _replica_troubles(facts: TopicDescription) -> Iterable[tuple[Severity, str]]:
    for each in facts.partitions:
        if each.leader < 0:
            yield "error", f"Partition {each.number} has no leader: it is offline."
        elif each.in_sync < each.replicas:
            away = f", {each.offline} on brokers that are away" if each.offline else ""
            yield (
                "warning",
                f"{each.in_sync} of {each.replicas} replicas of partition {each.number} keep "
                f"up{away}.",
            )
    if facts.replicas == 1 and facts.brokers != 1:
        yield "warning", "Partitions have one replica only."


def _rows(seen: Observations, facts: TopicDescription, code: str) -> Iterable[CheckedSetting]:
    return (row for row in check_settings(facts, seen.largest) if row.code == code)


def _severity(row: CheckedSetting) -> Severity:
    return row.severity or "info"


def timestamps(seen: Observations) -> Finding | None:
    facts = seen.facts
    changes = {} if facts is None else recommended_settings(facts, seen.largest, "J11")
    if facts is None or not changes:
        return None
    return Finding(
        code="J11",
        severity="info",
        summary="The times of the records are those of their writers' clocks.",
        evidence=(f"Topic {seen.topic} has {facts.setting_text('message.timestamp.type')}.",),
        consequence="The upgrade protocol of 2.5.9 and later compares times of records: with "
        "clocks that differ, a lock may be judged wrongly.",
        remedy="Let the brokers set the time.\n" + change_remedy(seen.topic, facts, changes),
        mend="settings",
    )


def message_size(seen: Observations) -> Finding | None:
    facts = seen.facts
    changes = {} if facts is None else recommended_settings(facts, seen.largest, "J15")
    if facts is None or not changes:
        return None
    allowed = facts.value("max.message.bytes") or "0"
    return Finding(
        code="J15",
        severity="info",
        summary=f"Contents of more than about {content_size(int(allowed)):,} bytes can't be "
        f"stored, though up to {seen.largest:,} are let in.",
        evidence=(f"Topic {seen.topic} has {facts.setting_text('max.message.bytes')}.",),
        consequence="Such an upload is answered with 503 when the broker refuses its record.",
        remedy="Allow larger records, or lower ANNALS_LIMIT_CONTENT_BYTES.\n"
        + change_remedy(seen.topic, facts, changes),
        mend="settings",
    )


def permissions(seen: Observations) -> Finding | None:
    facts = seen.facts
    if facts is None or not (facts.refused or facts.denied):
        return None
    denied = [_NAMES.get(each, each) for each in facts.denied]
    if facts.refused:
        denied += [each for each in _UNASKED if each not in denied]
    severity, summary, consequence = _lack(facts)
    operations = " ".join(f"--operation {each}" for each in denied)
    return Finding(
        code="J21",
        severity=severity,
        summary=summary,
        evidence=(
            *([f"The broker refused: {facts.refused}."] if facts.refused else []),
            *(
                [f"With topic {seen.topic}, its user may not {', '.join(denied)}."]
                if facts.denied
                else []
            ),
        ),
        consequence=consequence,
        remedy="Allow it to the node's user, which KAFKA_SASL_USERNAME or the client certificate "
        "names. Where an operator owns its KafkaUser, add them to spec.authorization.acls there.\n"
        "  bin/kafka-acls.sh --bootstrap-server HOST:PORT --add --allow-principal User:NAME "
        f"{operations} --topic {seen.topic}",
    )


def _lack(facts: TopicDescription) -> tuple[Severity, str, str]:
    """The gravest that is lacking: severity, summary, consequence."""
    if not {"READ", "WRITE"}.isdisjoint(facts.denied):
        return (
            "error",
            "This node's user may not read and write the topic.",
            "Uploads and all other changes are answered with 503, or nothing is applied.",
        )
    if facts.refused:
        return (
            "warning",
            "The broker does not tell this node what it needs to judge the topic.",
            "Settings that lose records (J01, J07) would not be seen.",
        )
    return (
        "info",
        "This node's user may not change the topic's settings.",
        "Where settings are to be changed, the health page can't do it: somebody else has to.",
    )
