"""J09, J11, J15 and J21: what the topic's replicas, times, sizes and permissions make of writes."""

from collections.abc import Iterable

from journal.doctor.findings import Finding, Severity
from journal.doctor.observations import Observations
from journal.doctor.wording import config_command
from journal.topic_facts import TopicFacts, content_size, record_size


def replicas(seen: Observations) -> Finding | None:
    """One replica is all that a cluster of one broker can have, and no fault of the topic."""
    facts = seen.facts
    if facts is None:
        return None
    told = list(_replica_troubles(facts))
    if not told:
        return None
    return Finding(
        code="J09",
        severity=max((severity for severity, _ in told), key=("info", "warning", "error").index),
        summary="The loss of a broker can cost this topic records or its writability.",
        evidence=tuple(words for _, words in told),
        consequence="The journal is what every node's tables are made of: a record that was "
        "acknowledged and is lost with a broker is lost for all that replay it.",
        remedy="Give the topic three replicas (kafka-reassign-partitions.sh, or spec.replicas of "
        "the KafkaTopic with Strimzi), then:\n"
        + config_command(seen.topic, "min.insync.replicas=2,unclean.leader.election.enable=false"),
    )


def _replica_troubles(facts: TopicFacts) -> Iterable[tuple[Severity, str]]:
    for each in facts.partitions:
        if each.leader < 0:
            yield "error", f"Partition {each.number} has no leader: it is offline."
        elif each.in_sync < each.replicas:
            yield (
                "warning",
                f"{each.in_sync} of {each.replicas} replicas of partition {each.number} keep up.",
            )
    least = min((each.replicas for each in facts.partitions), default=0)
    if least == 1 and facts.brokers != 1:
        yield "warning", "Partitions have one replica only."
    if facts.value("unclean.leader.election.enable") == "true" and least != 1:
        unclean = facts.said("unclean.leader.election.enable")
        yield "warning", f"{unclean}: a replica that lags may come to lead."
    needed = facts.value("min.insync.replicas") or ""
    if least > 1 and needed == "1":
        yield "warning", f"{facts.said('min.insync.replicas')}: one broker alone acknowledges."
    elif needed.isdecimal() and int(needed) >= least > 1:
        yield "warning", f"{facts.said('min.insync.replicas')}: one broker less, and nobody writes."


def timestamps(seen: Observations) -> Finding | None:
    facts = seen.facts
    if facts is None or facts.value("message.timestamp.type") in {None, "LogAppendTime"}:
        return None
    return Finding(
        code="J11",
        severity="info",
        summary="The times of the records are those of their writers' clocks.",
        evidence=(f"Topic {seen.topic} has {facts.said('message.timestamp.type')}.",),
        consequence="The upgrade protocol of 2.5.9 and later compares times of records: with "
        "clocks that differ, a lock may be judged wrongly.",
        remedy="Let the brokers set the time:\n"
        + config_command(seen.topic, "message.timestamp.type=LogAppendTime"),
        mend="settings",
    )


def message_size(seen: Observations) -> Finding | None:
    facts = seen.facts
    allowed = None if facts is None else facts.value("max.message.bytes")
    needed = record_size(seen.largest)
    if facts is None or allowed is None or not allowed.isdecimal() or int(allowed) >= needed:
        return None
    largest = content_size(int(allowed))
    return Finding(
        code="J15",
        severity="info",
        summary=f"Contents of more than about {largest:,} bytes can't be stored, though up to "
        f"{seen.largest:,} are let in.",
        evidence=(f"Topic {seen.topic} has {facts.said('max.message.bytes')}.",),
        consequence="Such an upload is answered with 503 when the broker refuses its record.",
        remedy="Allow larger records, or lower ANNALS_LIMIT_CONTENT_BYTES:\n"
        + config_command(seen.topic, f"max.message.bytes={needed}"),
        mend="settings",
    )


def permissions(seen: Observations) -> Finding | None:
    if seen.facts is None or not seen.facts.refused:
        return None
    return Finding(
        code="J21",
        severity="warning",
        summary="The broker does not tell this node what it needs to judge the topic.",
        evidence=(f"{seen.facts.refused}.",),
        consequence="Settings that lose records (J01, J07) would not be seen.",
        remedy="Allow the node's user to describe the topic and its settings:\n"
        "  bin/kafka-acls.sh --bootstrap-server HOST:PORT --add --allow-principal User:NAME "
        f"--operation Describe --operation DescribeConfigs --topic {seen.topic}",
    )
