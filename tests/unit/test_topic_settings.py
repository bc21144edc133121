"""Settings as people have them at hand: what is read, and what is refused in words."""

import json
from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from journal.kafka.topic_config_files import read_settings, read_settings_file
from journal.kafka.topic_description import (
    PartitionDescription,
    Setting,
    SettingSource,
    StrimziOwner,
    TopicDescription,
)

STRIMZI = Path(__file__).parent.parent / "data" / "strimzi"


DESCRIBED = """\
Dynamic configs for topic kafkasql-journal are:
  cleanup.policy=compact sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact, \
DEFAULT_CONFIG:log.cleanup.policy=delete}
  retention.ms=604800000 sensitive=false synonyms={STATIC_BROKER_CONFIG:log.retention.hours=168}
  max.message.bytes=1048588 sensitive=false synonyms={DEFAULT_CONFIG:message.max.bytes=1048588}
"""


def strimzi(name: str) -> TopicDescription:
    return read_settings((STRIMZI / name).read_text())


def test_a_broker_s_settings_are_those_of_its_topics_unless_they_have_their_own() -> None:
    both = (STRIMZI / "keeping-broker.yaml").read_text()
    both += "\n---\n" + (STRIMZI / "compacting-topic.yaml").read_text()
    facts = read_settings(both)
    assert facts.settings["cleanup.policy"] == Setting("compact", SettingSource.TOPIC)
    assert facts.settings["retention.ms"] == Setting("-1", SettingSource.STATIC_BROKER)
    assert (
        facts.setting_text("retention.ms") == "retention.ms=-1 (by the brokers' log.retention.ms)"
    )


def test_hours_of_retention_are_milliseconds() -> None:
    facts = read_settings("kind: Kafka\nspec: {kafka: {config: {log.retention.hours: 168}}}")
    assert facts.value("retention.ms") == "604800000"


def test_described_settings_tell_where_they_come_from() -> None:
    facts = read_settings(DESCRIBED)
    assert facts.settings == {
        "cleanup.policy": Setting("compact", SettingSource.TOPIC),
        "retention.ms": Setting("604800000", SettingSource.STATIC_BROKER),
        "max.message.bytes": Setting("1048588", SettingSource.DEFAULT),
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("kind: Pod", "neither a KafkaTopic nor a Kafka"),
        ("kind: KafkaTopic\na: &a [x]\nb: *a", "aliases"),
        ("kind: KafkaTopic\nspec: [", "no YAML"),
        ("kind: KafkaTopic\nspec: {partitions: many}", "are to be numbers"),
        ("nothing of the kind", "no topic setting"),
        ("x" * 1_000_001, "too long"),
    ],
)
def test_what_is_no_setting_is_refused_in_words(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_settings(text)


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("log.retention.hours: 168", "604800000"),
        ("log.retention.hours: 1\n      log.retention.minutes: 2", "120000"),
        ("log.retention.minutes: 2\n      log.retention.hours: 1", "120000"),
        ("log.retention.ms: 5\n      log.retention.hours: 1", "5"),
        ("log.retention.hours: -1", "-1"),
    ],
)
def test_the_finest_of_a_broker_s_retentions_holds(lines: str, value: str) -> None:
    facts = read_settings(f"kind: Kafka\nspec:\n  kafka:\n    config:\n      {lines}\n")
    assert facts.settings["retention.ms"] == Setting(value, SettingSource.STATIC_BROKER)


OTHERS = """\
apiVersion: v1
kind: List
items:
- kind: KafkaTopic
  metadata: {name: other}
  spec: {config: {cleanup.policy: compact}}
- kind: KafkaTopic
  metadata: {name: journal, namespace: n, labels: {strimzi.io/cluster: second}}
  spec: {topicName: kafkasql-journal, config: {cleanup.policy: delete}}
- kind: Kafka
  metadata: {name: first}
  spec: {kafka: {config: {log.retention.ms: 1}}}
- kind: Kafka
  metadata: {name: second}
  spec: {kafka: {config: {log.retention.ms: -1}}}
"""


@pytest.mark.parametrize("as_json", [False, True])
def test_of_several_resources_those_of_the_topic_count(as_json: bool) -> None:
    text = json.dumps(yaml.safe_load(OTHERS)) if as_json else OTHERS
    facts = read_settings(text, "kafkasql-journal")
    assert facts.value("cleanup.policy") == "delete"
    assert facts.value("retention.ms") == "-1"
    assert facts.owner == StrimziOwner("journal", "n", "second")


def test_settings_of_a_broker_are_those_that_topics_fall_back_to() -> None:
    facts = read_settings(
        "All configs for broker 1 are:\n"
        "  log.cleanup.policy=compact sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:"
        "log.cleanup.policy=compact, DEFAULT_CONFIG:log.cleanup.policy=delete}\n"
        "  log.retention.hours=168 sensitive=false synonyms={DEFAULT_CONFIG:log.retention.hours=1}"
    )
    assert facts.settings["cleanup.policy"] == Setting("compact", SettingSource.DYNAMIC_BROKER)
    assert facts.settings["retention.ms"] == Setting("604800000", SettingSource.STATIC_BROKER)
    assert "by the brokers' dynamic log.cleanup.policy" in facts.setting_text("cleanup.policy")


def test_partitions_are_read_as_kafka_topics_describes_them() -> None:
    facts = read_settings(
        "Topic: t\tTopicId: x\tPartitionCount: 2\tReplicationFactor: 2\t"
        "Configs: cleanup.policy=delete,retention.ms=-1\n"
        "\tTopic: t\tPartition: 0\tLeader: 1\tReplicas: 1,2\tIsr: 1\tElr: \n"
        "\tTopic: t\tPartition: 1\tLeader: none\tReplicas: 1,2\tIsr: \n"
    )
    assert facts.partitions == (PartitionDescription(0, 1, 2, 1), PartitionDescription(1, -1, 2, 0))
    assert facts.value("retention.ms") == "-1"


def test_json_may_say_where_a_value_comes_from() -> None:
    told = {"retention.ms": {"value": 5, "source": "DEFAULT_CONFIG"}, "cleanup.policy": "delete"}
    assert read_settings(json.dumps(told)).settings == {
        "retention.ms": Setting("5", SettingSource.DEFAULT),
        "cleanup.policy": Setting("delete", SettingSource.TOPIC),
    }


def test_a_large_file_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "config"
    with file.open("wb") as sparse:
        sparse.truncate(10**9)
    with pytest.raises(ValueError, match="too long"):
        read_settings_file(file, "journal")


@given(st.text(max_size=200))
def test_no_text_is_read_without_settings_or_a_reason(text: str) -> None:
    with suppress(ValueError):
        assert read_settings(text).settings or "configs for topic" in text.lower()
