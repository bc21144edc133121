"""Reads a topic's settings from files: kafka-configs' output, JSON, Strimzi's YAML."""

import json
import re
from pathlib import Path

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

_MAX_CHARACTERS = 1_000_000
_SETTING = re.compile(
    r"([a-z]+(?:\.[a-z]+)+)=([^=\s]*?)(?=,[a-z]+(?:\.[a-z]+)+=|\s|$)",
)
#: The first source of a value in kafka-configs' output.
_SYNONYM = re.compile(r"synonyms=\{([A-Z_]+):")
#: A partition in kafka-topics' output.
_PARTITION = re.compile(
    r"Partition: (\d{1,9})\s+Leader: (\S+)\s+Replicas: ([\d,]*)\s+Isr: ([\d,]*)",
)


def read_settings_file(path: Path, topic: str) -> TopicDescription:
    """Read settings from a file; raises OSError, and the errors of `read_settings`."""
    with path.open("rb") as file:
        # Four bytes to a character at the most.
        data = file.read(4 * _MAX_CHARACTERS + 1)
    return read_settings(data.decode("utf-8-sig"), topic)


def read_settings(text: str, topic: str = "") -> TopicDescription:
    """Read settings from a text of any of the forms; `topic` selects one of several.

    A broker's settings apply to a topic without its own. Raises ValueError with a plain sentence.
    """
    if len(text) > _MAX_CHARACTERS:
        raise ValueError(f"it is longer than {_MAX_CHARACTERS:,} characters, too long for settings")
    if text.lstrip().startswith(("{", "[")):
        return _read_json(text, topic)
    if re.search(r"^\s*(- )?kind:", text, re.MULTILINE):
        return describe_resources(load_documents(text), topic)
    return _read_tool_output(text)


def _read_json(text: str, topic: str) -> TopicDescription:
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    resources = document if isinstance(document, list) else [document]
    if any(isinstance(resource, dict) and "kind" in resource for resource in resources):
        return describe_resources(resources, topic)
    if not isinstance(document, dict):
        raise ValueError("it is JSON of another kind than settings by their names")
    sources = {source.value: source for source in SettingSource} | SETTING_SOURCES
    settings: dict[str, Setting] = {}
    for name, value in document.items():
        if "." in name:
            # A value, or an object with the value and its source.
            fields = value if isinstance(value, dict) else {"value": value}
            source = sources.get(to_config_text(fields.get("source", "")), SettingSource.TOPIC)
            settings[name] = Setting(to_config_text(fields.get("value", "")), source)
    if document and not settings:
        raise ValueError("it holds no topic setting such as cleanup.policy")
    return TopicDescription(settings)


def _read_tool_output(text: str) -> TopicDescription:
    """Read the output of kafka-configs or kafka-topics --describe; a topic may have no setting."""
    settings: dict[str, Setting] = {}
    for line in text.splitlines():
        # What follows is about the source, with more of name=value.
        head, _, rest = line.partition(" sensitive=")
        synonym = _SYNONYM.search(rest)
        source = SettingSource.TOPIC
        if synonym is not None:
            source = SETTING_SOURCES.get(synonym[1], SettingSource.DEFAULT)
        settings.update({match[1]: Setting(match[2], source) for match in _SETTING.finditer(head)})
    lower = text.lower()
    if re.search(r"configs for (the default )?brokers?\b", lower):
        of_broker = settings
        settings = broker_settings({name: item.value for name, item in of_broker.items()})
        for name in settings:
            setting = of_broker.get(BROKER_NAMES[name])
            if setting is not None and setting.source is not SettingSource.TOPIC:
                settings[name] = setting
    partitions = tuple(
        PartitionDescription(
            number=int(match[1]),
            leader=int(match[2]) if match[2].isdecimal() else -1,
            replicas=len(re.findall(r"\d+", match[3])),
            in_sync=len(re.findall(r"\d+", match[4])),
        )
        for match in _PARTITION.finditer(text)
    )
    if not (settings or partitions) and "configs for topic" not in lower:
        raise ValueError("it holds no topic setting such as cleanup.policy=delete")
    return TopicDescription(settings, partitions)
