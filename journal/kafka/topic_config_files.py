"""A topic's settings as people have them at hand: kafka-configs' text, JSON, Strimzi's YAML."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from journal.kafka.strimzi import (
    broker_settings,
    describe_resources,
    load_documents,
    to_config_text,
)
from journal.kafka.topic_description import (
    BROKER_NAMES,
    SETTING_SOURCES,
    PartitionDescription,
    Setting,
    SettingSource,
    TopicDescription,
)

_LARGEST = 1_000_000
_SETTING = re.compile(
    r"([a-z]+(?:\.[a-z]+)+)=([^=\s]*?)(?=,[a-z]+(?:\.[a-z]+)+=|\s|$)",
)
#: What kafka-configs says that a value comes from first.
_SYNONYM = re.compile(r"synonyms=\{([A-Z_]+):")
#: What kafka-topics says of a partition.
_PARTITION = re.compile(
    r"Partition: (\d{1,9})\s+Leader: (\S+)\s+Replicas: ([\d,]*)\s+Isr: ([\d,]*)",
)


def read_settings_file(file: Path, topic: str) -> TopicDescription:
    """Raises OSError, and ValueError in words."""
    with file.open("rb") as held:
        # Four bytes to a character at the most.
        content = held.read(4 * _LARGEST + 1)
    return read_settings(content.decode("utf-8-sig"), topic)


def read_settings(text: str, topic: str = "") -> TopicDescription:
    """`topic` chooses where there are several; raises ValueError if it is none of them, in words.

    Settings of a broker, as of a Kafka resource, are those that a topic without its own has.
    """
    if len(text) > _LARGEST:
        raise ValueError(f"it is longer than {_LARGEST:,} characters, too long for settings")
    if text.lstrip().startswith(("{", "[")):
        return _from_json(text, topic)
    if re.search(r"^\s*(- )?kind:", text, re.MULTILINE):
        return describe_resources(load_documents(text), topic)
    return _from_lines(text)


def _from_json(text: str, topic: str) -> TopicDescription:
    try:
        held = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    resources = held if isinstance(held, list) else [held]
    if any(isinstance(each, dict) and "kind" in each for each in resources):
        return describe_resources(resources, topic)
    if not isinstance(held, dict):
        raise ValueError("it is JSON of another kind than settings by their names")
    settings = {name: _setting(value) for name, value in held.items() if "." in name}
    if held and not settings:
        raise ValueError("it holds no topic setting such as cleanup.policy")
    return TopicDescription(settings)


def _setting(told: Any) -> Setting:
    """A value, or an object with it and with where it comes from."""
    if not isinstance(told, dict):
        return Setting(to_config_text(told))
    source = to_config_text(told.get("source", ""))
    known = {each.value: each for each in SettingSource} | SETTING_SOURCES
    return Setting(to_config_text(told.get("value", "")), known.get(source, SettingSource.TOPIC))


def _from_lines(text: str) -> TopicDescription:
    """What kafka-configs or kafka-topics --describe print; a topic may have no setting."""
    found: dict[str, Setting] = {}
    for line in text.splitlines():
        # What follows tells where a value comes from, with more of name=value.
        head, _, rest = line.partition(" sensitive=")
        synonym = _SYNONYM.search(rest)
        source = (
            SettingSource.TOPIC
            if synonym is None
            else SETTING_SOURCES.get(synonym[1], SettingSource.DEFAULT)
        )
        found.update({match[1]: Setting(match[2], source) for match in _SETTING.finditer(head)})
    lower = text.lower()
    if re.search(r"configs for (the default )?brokers?\b", lower):
        found = _as_of_topics(found)
    partitions = tuple(_partition(each) for each in _PARTITION.finditer(text))
    if not (found or partitions) and "configs for topic" not in lower:
        raise ValueError("it holds no topic setting such as cleanup.policy=delete")
    return TopicDescription(found, partitions)


def _as_of_topics(of_broker: Mapping[str, Setting]) -> dict[str, Setting]:
    settings = broker_settings({name: each.value for name, each in of_broker.items()})
    for name in settings:
        told = of_broker.get(BROKER_NAMES[name])
        if told is not None and told.source is not SettingSource.TOPIC:
            settings[name] = told
    return settings


def _partition(told: re.Match[str]) -> PartitionDescription:
    leader = int(told[2]) if told[2].isdecimal() else -1
    replicas, in_sync = (len(re.findall(r"\d+", told[group])) for group in (3, 4))
    return PartitionDescription(int(told[1]), leader, replicas, in_sync)
