"""Remedies by changes to a topic's settings: as Strimzi's resource first, then as a command.

An operator that owns a topic reverts changes made outside of it.
"""

import re
import shlex
from collections.abc import Mapping
from textwrap import indent

import yaml

from journal.kafka.topic_description import BROKER_NAMES, StrimziOwner, TopicDescription

#: Served by Strimzi from 0.49 on, and the only version from 1.0 on.
_API_VERSION = "kafka.strimzi.io/v1  # kafka.strimzi.io/v1beta2 before Strimzi 0.49"
#: A name that Kubernetes takes for a resource; topics may have others.
_RESOURCE_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


def change_remedy(
    topic: str, description: TopicDescription | None, changes: Mapping[str, str]
) -> str:
    """Return a remedy's lines for `changes` by name; see Finding for their indent."""
    description = description or TopicDescription()
    introduction = (
        "An operator may own the topic, as Strimzi's does, and takes back within minutes what is "
        "changed past it. If so, change its KafkaTopic:"
    )
    if description.owner is not None:
        introduction = (
            "The topic is Strimzi's, whose operator takes back what is changed past it. Change the "
            "KafkaTopic:"
        )
    lines = [introduction, _indented(render_kafka_topic(topic, description, changes))]
    broker_changes = {
        name: value
        for name, value in changes.items()
        if name in description.settings and description.settings[name].is_broker_setting
    }
    if broker_changes:
        lines += [
            "The value is that of the brokers, for all topics that have none of their own. To "
            "change it for all of them, these lines in the Kafka resource:",
            _indented(render_kafka(description, broker_changes)),
        ]
    lines += ["Without an operator:", config_command(topic, changes)]
    return "\n".join(lines)


def config_command(topic: str, changes: Mapping[str, str]) -> str:
    """Return the indented command for changes to a topic's settings."""
    settings = ",".join(f"{name}={value}" for name, value in changes.items())
    return (
        "  bin/kafka-configs.sh --bootstrap-server HOST:PORT --alter --entity-type topics "
        f"--entity-name {shlex.quote(topic)} --add-config {settings}"
    )


def render_kafka_topic(
    topic: str, description: TopicDescription, changes: Mapping[str, str]
) -> str:
    """Render a whole KafkaTopic: the operator removes settings missing in a resource."""
    owner = description.owner or StrimziOwner()
    own_settings = {
        name: setting.value
        for name, setting in description.settings.items()
        if description.origin_text(name) == "" and name in BROKER_NAMES
    }
    is_name = _RESOURCE_NAME.fullmatch(topic) is not None
    name = owner.resource or (topic if is_name else "NAME")
    replicas = {partition.replicas for partition in description.partitions}
    spec: dict[str, object] = {} if name == topic else {"topicName": topic}
    if len(replicas) == 1 and 0 not in replicas:
        spec |= {"partitions": len(description.partitions), "replicas": replicas.pop()}
    spec["config"] = _to_yaml_values({**own_settings, **changes})
    metadata: dict[str, object] = {"name": name}
    if owner.namespace:
        metadata["namespace"] = owner.namespace
    metadata["labels"] = {"strimzi.io/cluster": owner.cluster or "CLUSTER"}
    return _render("KafkaTopic", metadata, spec)


def render_kafka(description: TopicDescription, changes: Mapping[str, str]) -> str:
    """Render the lines of a Kafka resource for the defaults of all topics."""
    owner = description.owner or StrimziOwner()
    metadata: dict[str, object] = {"name": owner.cluster or "CLUSTER"}
    if owner.namespace:
        metadata["namespace"] = owner.namespace
    config = _to_yaml_values({BROKER_NAMES[name]: value for name, value in changes.items()})
    return _render("Kafka", metadata, {"kafka": {"config": config}})


def _render(kind: str, metadata: Mapping[str, object], spec: Mapping[str, object]) -> str:
    resource = {"kind": kind, "metadata": metadata, "spec": spec}
    body = yaml.safe_dump(resource, sort_keys=False, allow_unicode=True)
    return f"apiVersion: {_API_VERSION}\n{body}"


def _to_yaml_values(settings: Mapping[str, str]) -> dict[str, object]:
    """Convert numbers and booleans, to write them without quotes in YAML."""
    values: dict[str, object] = {}
    for name, text in settings.items():
        is_number = re.fullmatch(r"-?(0|[1-9][0-9]{0,18})", text) is not None
        values[name] = int(text) if is_number else {"true": True, "false": False}.get(text, text)
    return values


def _indented(text: str) -> str:
    return indent(text.rstrip("\n"), "  ", lambda line: True)
