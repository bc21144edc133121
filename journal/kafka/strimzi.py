"""The settings in Strimzi's KafkaTopic and Kafka resources, of any version, in YAML or JSON."""

from collections.abc import Iterable, Iterator, Mapping
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

_CLUSTER = "strimzi.io/cluster"
_MOST_PARTITIONS = 10_000
_OF_BROKER = {name: topic_name for topic_name, name in BROKER_NAMES.items()}
#: By the topic's setting, other names of the brokers' one with their ms: a later one goes before.
_IN_MS = {
    "log.retention.hours": ("retention.ms", 3_600_000),
    "log.retention.minutes": ("retention.ms", 60_000),
    "log.roll.hours": ("segment.ms", 3_600_000),
}

_Resource = Mapping[str, Any]


def load_documents(text: str) -> list[Any]:
    """All of a YAML text, which JSON is, too; raises ValueError in words."""
    try:
        # An alias could make a small text large.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise ValueError("it uses YAML aliases, which are not read")
        return list(yaml.safe_load_all(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"it is no YAML: {error}") from error


def describe_resources(held: Iterable[Any], topic: str) -> TopicDescription:
    """What the topic says goes before the brokers; raises ValueError if neither is there.

    Of several KafkaTopics that of `topic` counts, of several Kafkas the one that it belongs to.
    """
    resources = list(_resources(held))
    of_topic = _chosen(resources, topic)
    owner = None if of_topic is None else _owner(of_topic)
    of_brokers = _cluster(resources, owner)
    if of_topic is None and of_brokers is None:
        raise ValueError("it holds neither a KafkaTopic nor a Kafka")
    settings = broker_settings(_under(of_brokers, "spec", "kafka", "config"))
    for name, value in _under(of_topic, "spec", "config").items():
        settings[str(name)] = Setting(to_config_text(value))
    return TopicDescription(settings, _partitions(_under(of_topic, "spec")), owner=owner)


def broker_settings(config: Mapping[str, Any]) -> dict[str, Setting]:
    """By the topic's names, from the brokers' `log.*`."""
    settings: dict[str, Setting] = {}
    for name, (topic_name, factor) in _IN_MS.items():
        value = to_config_text(config.get(name, ""))
        if value.removeprefix("-").isdecimal():
            # Kafka takes every number below 0 for no limit.
            told = str(int(value) * factor) if int(value) >= 0 else "-1"
            settings[topic_name] = Setting(told, SettingSource.STATIC_BROKER)
    for name, value in config.items():
        if name in _OF_BROKER:
            settings[_OF_BROKER[name]] = Setting(to_config_text(value), SettingSource.STATIC_BROKER)
    return settings


def to_config_text(value: Any) -> str:
    """As Kafka writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _resources(held: Iterable[Any]) -> Iterator[_Resource]:
    """Also those in a List, as kubectl prints several."""
    for each in held:
        if not isinstance(each, dict):
            continue
        items = each.get("items")
        if isinstance(items, list):
            yield from (item for item in items if isinstance(item, dict))
        else:
            yield each


def _chosen(resources: list[_Resource], topic: str) -> _Resource | None:
    topics = [each for each in resources if each.get("kind") == "KafkaTopic"]
    named = (each for each in topics if _topic_name(each) == topic)
    return next(named, None) or next(iter(topics), None)


def _topic_name(resource: _Resource) -> Any:
    return _under(resource, "spec").get("topicName") or _under(resource, "metadata").get("name")


def _owner(resource: _Resource) -> StrimziOwner:
    metadata = _under(resource, "metadata")
    labels = _under(metadata, "labels")
    told = metadata.get("name", ""), metadata.get("namespace", ""), labels.get(_CLUSTER, "")
    return StrimziOwner(*(to_config_text(each) for each in told))


def _cluster(resources: list[_Resource], owner: StrimziOwner | None) -> _Resource | None:
    clusters = [each for each in resources if each.get("kind") == "Kafka"]
    name = None if owner is None else owner.cluster
    of_topic = (each for each in clusters if _under(each, "metadata").get("name") == name)
    return next(of_topic, None) or next(iter(clusters), None)


def _partitions(spec: Mapping[str, Any]) -> tuple[PartitionDescription, ...]:
    count, replicas = spec.get("partitions", 0), spec.get("replicas", 0)
    if not (isinstance(count, int) and isinstance(replicas, int)):
        raise ValueError("spec.partitions and spec.replicas are to be numbers")
    if not (0 <= count <= _MOST_PARTITIONS and 0 <= replicas <= _MOST_PARTITIONS):
        raise ValueError(f"spec.partitions and spec.replicas are to be up to {_MOST_PARTITIONS:,}")
    return tuple(PartitionDescription(number, 0, replicas, replicas) for number in range(count))


def _under(document: Any, *path: str) -> Mapping[Any, Any]:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}
