"""Describes a topic by Strimzi's KafkaTopic and Kafka resources of any version, YAML or JSON."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import yaml

from journal.kafka.topic_description import (
    BROKER_NAMES,
    PartitionDescription,
    Setting,
    SettingSource,
    StrimziOwner,
    TopicDescription,
)
from registry.whole_numbers import parse_signed_number

_CLUSTER_LABEL = "strimzi.io/cluster"
_MAX_PARTITIONS = 10_000
_TOPIC_NAMES = {broker_name: name for name, broker_name in BROKER_NAMES.items()}
#: Other names of brokers' settings: the topic's setting, and the factor to its ms. Of several
#: that are set, the last one here counts.
_OTHER_UNITS = {
    "log.retention.hours": ("retention.ms", 3_600_000),
    "log.retention.minutes": ("retention.ms", 60_000),
    "log.roll.hours": ("segment.ms", 3_600_000),
}

_Resource = Mapping[str, Any]


def load_documents(text: str) -> list[Any]:
    """Load all documents of a YAML text, or JSON; raises ValueError with a plain sentence."""
    try:
        # An alias could make a small text large.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise ValueError("it uses YAML aliases, which are not read")
        return list(yaml.safe_load_all(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"it is no YAML: {error}") from error


def describe_resources(documents: Iterable[Any], topic: str) -> TopicDescription:
    """Describe the topic by its own settings, and by the brokers' for the others.

    Of several KafkaTopics that of `topic` counts, of several Kafkas its owner. Raises ValueError if
    there is neither.
    """
    resources = list(_list_resources(documents))

    def has_topic_name(resource: _Resource) -> bool:
        name = _get(resource, "spec").get("topicName") or _get(resource, "metadata").get("name")
        return bool(name == topic)

    topic_resource = _find(resources, "KafkaTopic", has_topic_name)
    owner = None
    if topic_resource is not None:
        metadata = _get(topic_resource, "metadata")
        cluster = _get(metadata, "labels").get(_CLUSTER_LABEL, "")
        names = metadata.get("name", ""), metadata.get("namespace", ""), cluster
        owner = StrimziOwner(*map(to_config_text, names))
    cluster_name = None if owner is None else owner.cluster
    kafka_resource = _find(
        resources, "Kafka", lambda item: _get(item, "metadata").get("name") == cluster_name
    )
    if topic_resource is None and kafka_resource is None:
        raise ValueError("it holds neither a KafkaTopic nor a Kafka")
    settings = broker_settings(_get(kafka_resource, "spec", "kafka", "config"))
    for name, value in _get(topic_resource, "spec", "config").items():
        settings[str(name)] = Setting(to_config_text(value))
    spec = _get(topic_resource, "spec")
    count, replicas = spec.get("partitions", 0), spec.get("replicas", 0)
    if not (isinstance(count, int) and isinstance(replicas, int)):
        raise ValueError("spec.partitions and spec.replicas are to be numbers")
    if not (0 <= count <= _MAX_PARTITIONS and 0 <= replicas <= _MAX_PARTITIONS):
        raise ValueError(f"spec.partitions and spec.replicas are to be up to {_MAX_PARTITIONS:,}")
    partitions = [PartitionDescription(index, 0, replicas, replicas) for index in range(count)]
    return TopicDescription(settings, tuple(partitions), owner=owner)


def broker_settings(config: Mapping[str, Any]) -> dict[str, Setting]:
    """Return a broker's settings by the names of the topic's."""
    settings: dict[str, Setting] = {}
    for name, (topic_name, factor) in _OTHER_UNITS.items():
        number = parse_signed_number(to_config_text(config.get(name, "")))
        if number is not None:
            # Kafka takes every number below 0 for no limit.
            milliseconds = str(number * factor) if number >= 0 else "-1"
            settings[topic_name] = Setting(milliseconds, SettingSource.STATIC_BROKER)
    for name, value in config.items():
        if name in _TOPIC_NAMES:
            setting = Setting(to_config_text(value), SettingSource.STATIC_BROKER)
            settings[_TOPIC_NAMES[name]] = setting
    return settings


def to_config_text(value: Any) -> str:
    """Format a value like Kafka."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _list_resources(documents: Iterable[Any]) -> Iterator[_Resource]:
    for document in documents:
        # kubectl prints several resources as a List.
        items = document.get("items") if isinstance(document, dict) else None
        for item in items if isinstance(items, list) else [document]:
            if isinstance(item, dict):
                yield item


def _find(
    resources: Iterable[_Resource], kind: str, matches: Callable[[_Resource], bool]
) -> _Resource | None:
    """Return the first matching resource of a kind, or else the first of the kind."""
    of_kind = [resource for resource in resources if resource.get("kind") == kind]
    return next(filter(matches, of_kind), None) or next(iter(of_kind), None)


def _get(document: Any, *path: str) -> Mapping[Any, Any]:
    """Return the object at a path, or an empty one."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}
