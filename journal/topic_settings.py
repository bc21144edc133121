"""A topic's settings as people have them at hand: kafka-configs' text, JSON, Strimzi's YAML."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from journal.topic_facts import BROKER_NAMES, PartitionFacts, Setting, Source, TopicFacts

_LARGEST = 1_000_000
_SETTING = re.compile(
    r"([a-z]+(?:\.[a-z]+)+)=([^=\s]*?)(?=,[a-z]+(?:\.[a-z]+)+=|\s|$)",
)
#: What kafka-configs says that a value comes from first.
_SYNONYM = re.compile(r"synonyms=\{([A-Z_]+):")
_SOURCES = {"DYNAMIC_TOPIC_CONFIG": Source.TOPIC, "DEFAULT_CONFIG": Source.DEFAULT}
_OF_BROKER = {name: topic_name for topic_name, name in BROKER_NAMES.items()}
#: Other names of log.retention.ms and log.roll.ms, in milliseconds each.
_IN_MS = {
    "log.retention.minutes": ("retention.ms", 60_000),
    "log.retention.hours": ("retention.ms", 3_600_000),
    "log.roll.hours": ("segment.ms", 3_600_000),
}


def read_settings(text: str) -> TopicFacts:
    """Raises ValueError if the text is none of the three, in words."""
    if len(text) > _LARGEST:
        raise ValueError(f"it is longer than {_LARGEST:,} characters, too long for settings")
    if text.lstrip().startswith("{"):
        return _from_json(text)
    if re.search(r"^\s*kind:", text, re.MULTILINE):
        return _from_strimzi(text)
    return _from_lines(text)


def _from_json(text: str) -> TopicFacts:
    try:
        held = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return TopicFacts({str(name): Setting(str(value)) for name, value in held.items()})


def _from_lines(text: str) -> TopicFacts:
    """What kafka-configs or kafka-topics --describe print; a topic may have no setting."""
    found = {}
    for line in text.splitlines():
        # What follows tells where a value comes from, with more of name=value.
        head, _, rest = line.partition(" sensitive=")
        synonym = _SYNONYM.search(rest)
        source = Source.TOPIC if synonym is None else _SOURCES.get(synonym[1], Source.BROKER)
        found.update({match[1]: Setting(match[2], source) for match in _SETTING.finditer(head)})
    if not found and "configs for topic" not in text.lower():
        raise ValueError("it holds no topic setting such as cleanup.policy=delete")
    return TopicFacts(found)


def _from_strimzi(text: str) -> TopicFacts:
    """KafkaTopic and Kafka resources of any version; what the topic says goes before the broker."""
    documents = [each for each in _documents(text) if isinstance(each, dict)]
    of_topic = _first(documents, "KafkaTopic")
    of_broker = _first(documents, "Kafka")
    if of_topic is None and of_broker is None:
        raise ValueError("it holds neither a KafkaTopic nor a Kafka")
    settings = _broker_settings(_under(of_broker, "spec", "kafka", "config"))
    for name, value in _under(of_topic, "spec", "config").items():
        settings[str(name)] = Setting(_text(value))
    spec = _under(of_topic, "spec")
    count, replicas = spec.get("partitions", 0), spec.get("replicas", 0)
    if not (isinstance(count, int) and isinstance(replicas, int)) or not 0 <= count <= 10_000:
        raise ValueError("spec.partitions and spec.replicas are to be numbers")
    partitions = [PartitionFacts(number, 0, replicas, replicas) for number in range(count)]
    return TopicFacts(settings, tuple(partitions))


def _documents(text: str) -> list[Any]:
    try:
        # An alias could make a small text large.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text)):
            raise ValueError("it uses YAML aliases, which are not read")
        return list(yaml.safe_load_all(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"it is no YAML: {error}") from error


def _first(documents: Iterable[Mapping[str, Any]], kind: str) -> Mapping[str, Any] | None:
    return next((each for each in documents if each.get("kind") == kind), None)


def _under(document: Any, *path: str) -> Mapping[str, Any]:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _broker_settings(config: Mapping[str, Any]) -> dict[str, Setting]:
    settings: dict[str, Setting] = {}
    for name, value in config.items():
        if name in _IN_MS and isinstance(value, int):
            topic_name, factor = _IN_MS[name]
            settings.setdefault(topic_name, Setting(str(value * factor), Source.BROKER))
        elif name in _OF_BROKER:
            settings[_OF_BROKER[name]] = Setting(_text(value), Source.BROKER)
    return settings


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
