"""J09, J11, J15 and J21: the topic's replicas, record times, record sizes and permissions."""

from journal.health.findings import SEVERITIES, Finding, Severity
from journal.health.observations import Observations
from journal.health.remedies import change_remedy
from journal.health.topic_requirements import check_settings, recommended_settings
from journal.kafka.topic_description import TopicDescription, content_size

#: The operations of a node's user, as kafka-acls names them.
_OPERATIONS = {
    "READ": "Read",
    "WRITE": "Write",
    "DESCRIBE_CONFIGS": "DescribeConfigs",
    "ALTER_CONFIGS": "AlterConfigs",
}
_DESCRIBING = ("Describe", "DescribeConfigs")
_REPLICAS_REMEDY = (
    "Have as many replicas as there are brokers for, three if possible "
    "(kafka-reassign-partitions.sh, or spec.replicas of the KafkaTopic with Strimzi), and bring "
    "back brokers that are away."
)


def replicas(observations: Observations) -> Finding | None:
    description = observations.topic_description
    if description is None:
        return None
    troubles = _replica_troubles(description)
    remedy = [_REPLICAS_REMEDY] if troubles else []
    for setting in check_settings(description, observations.max_content_bytes):
        if setting.code == "J09" and setting.severity is not None:
            sentence = f"{description.setting_text(setting.name)}: {setting.reason}"
            troubles.append((setting.severity, sentence))
    if not troubles:
        return None
    changes = recommended_settings(description, observations.max_content_bytes, "J09")
    if changes:
        remedy.append(change_remedy(observations.topic, description, changes))
    return Finding(
        code="J09",
        severity=min((severity for severity, _ in troubles), key=SEVERITIES.index),
        summary="The loss of a broker can cost this topic records or its writability.",
        evidence=tuple(sentence for _, sentence in troubles),
        consequence="The journal is what every node's tables are made of: a record that was "
        "acknowledged and is lost with a broker is lost for all that replay it.",
        remedy="\n".join(remedy),
        repair="settings" if changes else "",
    )


def _replica_troubles(description: TopicDescription) -> list[tuple[Severity, str]]:
    troubles: list[tuple[Severity, str]] = []
    for partition in description.partitions:
        number = partition.number
        if partition.leader < 0:
            troubles.append(("error", f"Partition {number} has no leader: it is offline."))
        elif partition.in_sync < partition.replicas:
            offline = partition.offline
            away = f", {offline} on brokers that are away" if offline else ""
            sentence = (
                f"{partition.in_sync} of {partition.replicas} replicas of partition {number} keep "
                f"up{away}."
            )
            troubles.append(("warning", sentence))
    # A cluster of one broker can have no more than one replica.
    if description.replicas == 1 and description.brokers != 1:
        troubles.append(("warning", "Partitions have one replica only."))
    return troubles


def timestamps(observations: Observations) -> Finding | None:
    topic, description = observations.topic, observations.topic_description
    if description is None:
        return None
    changes = recommended_settings(description, observations.max_content_bytes, "J11")
    if not changes:
        return None
    return Finding(
        code="J11",
        severity="info",
        summary="The times of the records are those of their writers' clocks.",
        evidence=(f"Topic {topic} has {description.setting_text('message.timestamp.type')}.",),
        consequence="The upgrade protocol of 2.5.9 and later compares times of records: with "
        "clocks that differ, a lock may be judged wrongly.",
        remedy=f"Let the brokers set the time.\n{change_remedy(topic, description, changes)}",
        repair="settings",
    )


def message_size(observations: Observations) -> Finding | None:
    topic, description = observations.topic, observations.topic_description
    if description is None:
        return None
    changes = recommended_settings(description, observations.max_content_bytes, "J15")
    if not changes:
        return None
    allowed = int(description.value("max.message.bytes") or "0")
    return Finding(
        code="J15",
        severity="info",
        summary=f"Contents of more than about {content_size(allowed):,} bytes can't be "
        f"stored, though up to {observations.max_content_bytes:,} are let in.",
        evidence=(f"Topic {topic} has {description.setting_text('max.message.bytes')}.",),
        consequence="Such an upload is answered with 503 when the broker refuses its record.",
        remedy="Allow larger records, or lower ANNALS_LIMIT_CONTENT_BYTES.\n"
        f"{change_remedy(topic, description, changes)}",
        repair="settings",
    )


def permissions(observations: Observations) -> Finding | None:
    description = observations.topic_description
    if description is None or not (description.refused or description.denied):
        return None
    denied = [_OPERATIONS.get(operation, operation) for operation in description.denied]
    evidence = []
    if description.refused:
        evidence.append(f"The broker refused: {description.refused}.")
        denied += [operation for operation in _DESCRIBING if operation not in denied]
    if description.denied:
        evidence.append(f"With topic {observations.topic}, its user may not {', '.join(denied)}.")
    severity: Severity
    if not {"READ", "WRITE"}.isdisjoint(description.denied):
        severity = "error"
        summary = "This node's user may not read and write the topic."
        consequence = "Uploads and all other changes are answered with 503, or nothing is applied."
    elif description.refused:
        severity = "warning"
        summary = "The broker does not tell this node what it needs to judge the topic."
        consequence = "Settings that lose records (J01, J07) would not be seen."
    else:
        severity = "info"
        summary = "This node's user may not change the topic's settings."
        consequence = (
            "Where settings are to be changed, the health page can't do it: somebody else has to."
        )
    operations = " ".join(f"--operation {operation}" for operation in denied)
    return Finding(
        code="J21",
        severity=severity,
        summary=summary,
        evidence=tuple(evidence),
        consequence=consequence,
        remedy="Allow it to the node's user, which KAFKA_SASL_USERNAME or the client certificate "
        "names. Where an operator owns its KafkaUser, add them to spec.authorization.acls there.\n"
        "  bin/kafka-acls.sh --bootstrap-server HOST:PORT --add --allow-principal User:NAME "
        f"{operations} --topic {observations.topic}",
    )
