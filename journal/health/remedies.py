"""How settings of a topic are changed: as Strimzi's resource first, then as a command.

An operator that owns a topic takes back what is changed past it.
"""

import re
import shlex
from collections.abc import Mapping
from textwrap import indent

import yaml

from journal.kafka.topic_description import BROKER_NAMES, StrimziOwner, TopicDescription

#: Served by Strimzi from 0.49 on, and the only one from 1.0 on.
_VERSION = "kafka.strimzi.io/v1"
_OLDER = "kafka.strimzi.io/v1beta2 before Strimzi 0.49"
#: What Kubernetes takes as the name of a resource; a topic may be named more freely.
_RESOURCE_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


def change_remedy(topic: str, facts: TopicDescription | None, changes: Mapping[str, str]) -> str:
    """Lines of a remedy that sets `changes`, by name; see Finding for how they are indented."""
    facts = facts or TopicDescription()
    whose = (
        "An operator may own the topic, as Strimzi's does, and takes back within minutes what is "
        "changed past it. If so, change its KafkaTopic:"
    )
    if facts.owner is not None:
        whose = (
            "The topic is Strimzi's, whose operator takes back what is changed past it. Change the "
            "KafkaTopic:"
        )
    lines = [whose, _command(kafka_topic(topic, facts, changes))]
    of_brokers = {name: value for name, value in changes.items() if _is_of_brokers(facts, name)}
    if of_brokers:
        lines += [
            "The value is that of the brokers, for all topics that have none of their own. To "
            "change it for all of them, these lines in the Kafka resource:",
            _command(kafka(facts, of_brokers)),
        ]
    lines += ["Without an operator:", config_command(topic, changes)]
    return "\n".join(lines)


def config_command(topic: str, changes: Mapping[str, str]) -> str:
    """The indented line that changes settings of a topic."""
    settings = ",".join(f"{name}={value}" for name, value in changes.items())
    return (
        "  bin/kafka-configs.sh --bootstrap-server HOST:PORT --alter --entity-type topics "
        f"--entity-name {shlex.quote(topic)} --add-config {settings}"
    )


def kafka_topic(topic: str, facts: TopicDescription, changes: Mapping[str, str]) -> str:
    """A whole KafkaTopic, for the operator takes away what a resource does not have any more."""
    owner = facts.owner or StrimziOwner()
    own = {
        name: setting.value
        for name, setting in facts.settings.items()
        if facts.origin_text(name) == "" and name in BROKER_NAMES
    }
    is_name = _RESOURCE_NAME.fullmatch(topic) is not None
    name = owner.resource or (topic if is_name else "NAME")
    replicas = {each.replicas for each in facts.partitions}
    spec: dict[str, object] = {} if name == topic else {"topicName": topic}
    if len(replicas) == 1 and 0 not in replicas:
        spec |= {"partitions": len(facts.partitions), "replicas": replicas.pop()}
    spec["config"] = _values({**own, **changes})
    metadata: dict[str, object] = {"name": name}
    if owner.namespace:
        metadata["namespace"] = owner.namespace
    metadata["labels"] = {"strimzi.io/cluster": owner.cluster or "CLUSTER"}
    return _resource("KafkaTopic", metadata, spec)


def kafka(facts: TopicDescription, changes: Mapping[str, str]) -> str:
    """The lines of a Kafka that change what topics fall back to."""
    owner = facts.owner or StrimziOwner()
    metadata = {"name": owner.cluster or "CLUSTER"}
    if owner.namespace:
        metadata["namespace"] = owner.namespace
    config = {BROKER_NAMES[name]: value for name, value in changes.items()}
    return _resource("Kafka", metadata, {"kafka": {"config": _values(config)}})


def _is_of_brokers(facts: TopicDescription, name: str) -> bool:
    setting = facts.settings.get(name)
    return setting is not None and setting.is_broker_setting


def _resource(kind: str, metadata: Mapping[str, object], spec: Mapping[str, object]) -> str:
    body = {"kind": kind, "metadata": metadata, "spec": spec}
    told = yaml.safe_dump(body, sort_keys=False, allow_unicode=True)
    return f"apiVersion: {_VERSION}  # {_OLDER}\n{told}"


def _values(settings: Mapping[str, str]) -> dict[str, object]:
    """Numbers and truths as YAML has them, without quotes."""
    return {name: _value(text) for name, text in settings.items()}


def _value(text: str) -> object:
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text)


def _command(text: str) -> str:
    return indent(text.rstrip("\n"), "  ", lambda line: True)
