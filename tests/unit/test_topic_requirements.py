"""The checks of a topic's settings, and the remedies that change them."""

import textwrap
from dataclasses import replace
from itertools import groupby

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from journal.health.diagnosis import diagnose
from journal.health.observations import Observations
from journal.health.remedies import render_kafka_topic
from journal.health.topic_requirements import check_settings, recommended_settings
from journal.health.units import format_value
from journal.kafka.topic_config_files import read_settings
from journal.kafka.topic_description import (
    BROKER_NAMES,
    PartitionDescription,
    Setting,
    SettingSource,
    StrimziOwner,
    TopicDescription,
)
from journal.projection.tally import Category, Occurrences, PartitionTally, RecordPosition, Tally
from tests.unit.test_topic_settings import strimzi

BARE = Tally(
    sorts={
        Category.WITHOUT_NONCE: Occurrences(2, [RecordPosition(0, 1, 0)], RecordPosition(0, 1, 0))
    }
)


def severities(description: TopicDescription, tally: Tally = BARE) -> dict[str, str]:
    observations = Observations(
        "kafkasql-journal", tally, topic_description=description, max_content_bytes=500_000
    )
    return {finding.code: finding.severity for finding in diagnose(observations)}


def test_the_compacting_topic_of_the_incident_is_an_error() -> None:
    description = strimzi("compacting-topic.yaml")
    assert description.value("cleanup.policy") == "compact"
    assert len(description.partitions) == 2
    assert severities(description)["J01"] == "error"


@pytest.mark.parametrize("name", ["keeping-topic.yaml", "keeping-broker.yaml"])
def test_the_settings_that_the_incident_ends_with_are_no_error(name: str) -> None:
    assert "error" not in severities(strimzi(name)).values()


REPLICAS = [
    ((PartitionDescription(0, 1, 1, 1),), 1, None),
    ((PartitionDescription(0, 1, 1, 1),), 3, "warning"),
    ((PartitionDescription(0, -1, 3, 0),), 3, "error"),
    ((PartitionDescription(0, 1, 3, 2),), 3, "warning"),
    ((PartitionDescription(0, 1, 3, 3),), 3, None),
]


@pytest.mark.parametrize(("partitions", "brokers", "severity"), REPLICAS)
def test_replicas_are_checked_against_the_number_of_brokers(
    partitions: tuple[PartitionDescription, ...], brokers: int, severity: str | None
) -> None:
    description = TopicDescription({"min.insync.replicas": Setting("2")}, partitions, brokers)
    assert severities(description).get("J09") == severity


def test_a_topic_that_the_broker_does_not_describe_is_a_finding() -> None:
    assert severities(TopicDescription(refused="not authorized"))["J21"] == "warning"


def test_records_too_small_for_the_largest_content_are_found() -> None:
    description = TopicDescription({"max.message.bytes": Setting("100000")})
    assert severities(description)["J15"] == "info"
    enough = TopicDescription({"max.message.bytes": Setting("1048588")})
    assert "J15" not in severities(enough)


def test_writers_without_a_nonce_are_active_or_not() -> None:
    description = TopicDescription({"cleanup.policy": Setting("compact")})
    observations = Observations("journal", BARE, topic_description=description, now=10**12)
    assert any("taken for active" in sentence for sentence in diagnose(observations)[0].evidence)
    newer = Occurrences(1, [RecordPosition(0, 9, 5)], RecordPosition(0, 9, 5))
    upgraded = Tally(sorts={**BARE.sorts, Category.WITH_NONCE: newer})
    later = diagnose(replace(observations, tally=upgraded))[0]
    assert later.severity == "warning"
    assert any("no such writer seems to be active" in sentence for sentence in later.evidence)
    today = diagnose(replace(observations, tally=upgraded, now=60_000))[0]
    assert today.severity == "error"


def remedy_of(description: TopicDescription, code: str, topic: str = "kafkasql-journal") -> str:
    observations = Observations(
        topic, BARE, topic_description=description, max_content_bytes=500_000
    )
    return next(finding.remedy for finding in diagnose(observations) if finding.code == code)


def commands(remedy: str) -> list[str]:
    """Return the indented parts of a remedy."""
    return [
        textwrap.dedent("\n".join(lines))
        for is_command, lines in groupby(remedy.splitlines(), lambda line: line.startswith("  "))
        if is_command
    ]


def test_the_resource_comes_before_the_command_where_an_operator_may_own_the_topic() -> None:
    remedy = remedy_of(TopicDescription({"cleanup.policy": Setting("compact")}), "J01")
    assert "takes back within minutes" in remedy
    assert remedy.index("kind: KafkaTopic") < remedy.index("kafka-configs.sh")
    assert "apiVersion: kafka.strimzi.io/v1 " in remedy


def test_a_known_owner_is_named_in_the_resource() -> None:
    remedy = remedy_of(strimzi("compacting-topic.yaml"), "J01")
    assert remedy.startswith("The topic is Strimzi's")
    resource = yaml.safe_load(commands(remedy)[0])
    assert resource["metadata"] == {
        "name": "kafkasql-journal",
        "namespace": "registry-example-kafkasql",
        "labels": {"strimzi.io/cluster": "my-cluster"},
    }
    # The operator removes settings that a resource lacks.
    assert resource["spec"] == {
        "partitions": 2,
        "replicas": 1,
        "config": {
            "cleanup.policy": "delete",
            "min.cleanable.dirty.ratio": "0.5",
            "retention.ms": -1,
            "retention.bytes": -1,
        },
    }


def test_settings_of_the_brokers_can_be_changed_in_their_resource() -> None:
    description = TopicDescription({"retention.ms": Setting("5", SettingSource.STATIC_BROKER)})
    resource = yaml.safe_load(commands(remedy_of(description, "J07"))[1])
    assert resource["kind"] == "Kafka"
    assert resource["spec"] == {"kafka": {"config": {"log.retention.ms": -1}}}


def test_a_topic_whose_name_is_no_resource_name_is_named_within() -> None:
    description = TopicDescription({"cleanup.policy": Setting("compact")})
    resource = yaml.safe_load(commands(remedy_of(description, "J01", "Journal_1"))[0])
    assert resource["metadata"]["name"] == "NAME"
    assert resource["spec"]["topicName"] == "Journal_1"


SAFE = {
    "cleanup.policy": Setting("delete"),
    "retention.ms": Setting("-1"),
    "retention.bytes": Setting("-1"),
}


def test_a_topic_as_a_node_creates_it_has_nothing_to_change() -> None:
    assert recommended_settings(TopicDescription(SAFE), 500_000) == {}
    assert all(
        setting.severity is None for setting in check_settings(TopicDescription(SAFE), 500_000)
    )


@pytest.mark.parametrize(
    ("replicas", "value", "recommended"),
    [(1, "1", None), (2, "1", None), (2, "2", "1"), (3, "1", "2"), (3, "2", None), (3, "3", "2")],
)
def test_one_replica_less_than_all_is_to_be_in_sync(
    replicas: int, value: str, recommended: str | None
) -> None:
    description = TopicDescription(
        {**SAFE, "min.insync.replicas": Setting(value)},
        (PartitionDescription(0, 1, replicas, replicas),),
        replicas,
    )
    assert recommended_settings(description, 0).get("min.insync.replicas") == recommended
    assert ("J09" in severities(description)) == (recommended is not None)


def test_a_replica_on_a_broker_that_is_away_is_found() -> None:
    description = TopicDescription(SAFE, (PartitionDescription(0, 1, 3, 2, offline=1),), 2)
    observations = Observations("journal", topic_description=description)
    assert diagnose(observations)[0].evidence == (
        "2 of 3 replicas of partition 0 keep up, 1 on brokers that are away.",
    )


@pytest.mark.parametrize(
    ("denied", "severity"),
    [(("WRITE", "ALTER_CONFIGS"), "error"), (("ALTER_CONFIGS",), "info")],
)
def test_missing_permissions_are_graded_by_their_effect(
    denied: tuple[str, ...], severity: str
) -> None:
    observations = Observations("journal", topic_description=TopicDescription(SAFE, denied=denied))
    (finding,) = diagnose(observations)
    assert (finding.code, finding.severity) == ("J21", severity)
    assert "--operation AlterConfigs" in finding.remedy


@pytest.mark.parametrize(
    ("name", "value", "readable"),
    [
        ("retention.ms", "604800000", "7 days"),
        ("retention.ms", "5400000", "1.5 hours"),
        ("retention.ms", "-1", "without limit"),
        ("retention.ms", "9223372036854775807", "without limit"),
        ("delete.retention.ms", "1", "1 ms"),
        ("max.message.bytes", "1048588", "1 MiB"),
        ("max.message.bytes", "100", "100 bytes"),
        ("min.cleanable.dirty.ratio", "0.5", "50%"),
        ("min.cleanable.dirty.ratio", "nan", ""),
        ("cleanup.policy", "delete", ""),
        ("retention.ms", "soon", ""),
    ],
)
def test_values_are_formatted_with_their_units(name: str, value: str, readable: str) -> None:
    assert format_value(name, value) == readable


SETTINGS = st.builds(Setting, st.text(max_size=20), st.sampled_from(SettingSource))


NUMBERS = st.builds(Setting, st.integers().map(str), st.sampled_from(SettingSource))


DESCRIPTIONS = st.builds(
    TopicDescription,
    st.dictionaries(st.sampled_from(sorted(BROKER_NAMES)), SETTINGS | NUMBERS),
    st.lists(
        st.builds(
            PartitionDescription, st.integers(0, 9), st.integers(-1, 9), *[st.integers(0, 9)] * 2
        ),
        max_size=3,
    ).map(tuple),
    st.integers(0, 9),
    st.text(max_size=9),
    st.lists(st.text(max_size=9), max_size=2).map(tuple),
    st.none() | st.builds(StrimziOwner, *[st.text(max_size=9)] * 3),
)


@given(DESCRIPTIONS, st.text(max_size=20), st.integers(0))
def test_no_setting_however_odd_stops_the_checks(
    description: TopicDescription, topic: str, now: int
) -> None:
    tally = replace_partitions(BARE)
    diagnose(
        Observations(
            topic, tally, topic_description=description, max_content_bytes=500_000, now=now
        )
    )
    recommended_settings(description, 500_000)


@given(DESCRIPTIONS)
def test_a_remedy_resolves_every_finding(description: TopicDescription) -> None:
    recommended = recommended_settings(description, 500_000)
    text = render_kafka_topic("journal", description, recommended)
    changed = TopicDescription(
        {**description.settings, **read_settings(text).settings},
        description.partitions,
        description.brokers,
    )
    assert recommended_settings(changed, 500_000) == {}


def replace_partitions(tally: Tally) -> Tally:
    partition = PartitionTally(RecordPosition(0, 0, 0), RecordPosition(0, 9, 10**15), 10)
    return msgspec.structs.replace(tally, partitions={0: partition})
