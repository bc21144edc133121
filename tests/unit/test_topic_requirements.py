"""What is judged of a topic's settings, and the remedies that change them."""

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


def judged(facts: TopicDescription, tally: Tally = BARE) -> dict[str, str]:
    seen = Observations(
        "kafkasql-journal", tally, topic_description=facts, max_content_bytes=500_000
    )
    return {finding.code: finding.severity for finding in diagnose(seen)}


def test_the_compacting_topic_of_the_incident_is_an_error() -> None:
    facts = strimzi("compacting-topic.yaml")
    assert facts.value("cleanup.policy") == "compact"
    assert len(facts.partitions) == 2
    assert judged(facts)["J01"] == "error"


@pytest.mark.parametrize("name", ["keeping-topic.yaml", "keeping-broker.yaml"])
def test_the_settings_that_the_incident_ends_with_are_no_error(name: str) -> None:
    assert "error" not in judged(strimzi(name)).values()


REPLICAS = [
    ((PartitionDescription(0, 1, 1, 1),), 1, None),
    ((PartitionDescription(0, 1, 1, 1),), 3, "warning"),
    ((PartitionDescription(0, -1, 3, 0),), 3, "error"),
    ((PartitionDescription(0, 1, 3, 2),), 3, "warning"),
    ((PartitionDescription(0, 1, 3, 3),), 3, None),
]


@pytest.mark.parametrize(("partitions", "brokers", "severity"), REPLICAS)
def test_replicas_are_judged_by_what_the_cluster_could_have(
    partitions: tuple[PartitionDescription, ...], brokers: int, severity: str | None
) -> None:
    facts = TopicDescription({"min.insync.replicas": Setting("2")}, partitions, brokers)
    assert judged(facts).get("J09") == severity


def test_what_the_broker_does_not_tell_is_a_finding() -> None:
    assert judged(TopicDescription(refused="not authorized"))["J21"] == "warning"


def test_records_too_small_for_the_largest_content_are_told_of() -> None:
    facts = TopicDescription({"max.message.bytes": Setting("100000")})
    assert judged(facts)["J15"] == "info"
    enough = TopicDescription({"max.message.bytes": Setting("1048588")})
    assert "J15" not in judged(enough)


def test_writers_without_a_nonce_are_told_to_be_at_work_or_not() -> None:
    facts = TopicDescription({"cleanup.policy": Setting("compact")})
    seen = Observations("journal", BARE, topic_description=facts, now=10**12)
    assert any("taken for active" in each for each in diagnose(seen)[0].evidence)
    newer = Occurrences(1, [RecordPosition(0, 9, 5)], RecordPosition(0, 9, 5))
    upgraded = Tally(sorts={**BARE.sorts, Category.WITH_NONCE: newer})
    later = diagnose(replace(seen, tally=upgraded))[0]
    assert later.severity == "warning"
    assert any("no such writer seems to be active" in each for each in later.evidence)
    today = diagnose(replace(seen, tally=upgraded, now=60_000))[0]
    assert today.severity == "error"


def remedy_of(facts: TopicDescription, code: str, topic: str = "kafkasql-journal") -> str:
    seen = Observations(topic, BARE, topic_description=facts, max_content_bytes=500_000)
    return next(each.remedy for each in diagnose(seen) if each.code == code)


def commands(remedy: str) -> list[str]:
    """The indented parts of a remedy, one text for each."""
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
    # What a resource leaves out the operator takes away.
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


def test_what_the_brokers_say_can_be_changed_in_their_resource() -> None:
    facts = TopicDescription({"retention.ms": Setting("5", SettingSource.STATIC_BROKER)})
    resource = yaml.safe_load(commands(remedy_of(facts, "J07"))[1])
    assert resource["kind"] == "Kafka"
    assert resource["spec"] == {"kafka": {"config": {"log.retention.ms": -1}}}


def test_a_topic_that_no_resource_can_be_named_as_is_named_within() -> None:
    facts = TopicDescription({"cleanup.policy": Setting("compact")})
    resource = yaml.safe_load(commands(remedy_of(facts, "J01", "Journal_1"))[0])
    assert resource["metadata"]["name"] == "NAME"
    assert resource["spec"]["topicName"] == "Journal_1"


SAFE = {
    "cleanup.policy": Setting("delete"),
    "retention.ms": Setting("-1"),
    "retention.bytes": Setting("-1"),
}


def test_a_topic_as_a_node_creates_it_has_nothing_to_change() -> None:
    assert recommended_settings(TopicDescription(SAFE), 500_000) == {}
    assert all(row.severity is None for row in check_settings(TopicDescription(SAFE), 500_000))


@pytest.mark.parametrize(
    ("replicas", "value", "wanted"),
    [(1, "1", None), (2, "1", None), (2, "2", "1"), (3, "1", "2"), (3, "2", None), (3, "3", "2")],
)
def test_one_replica_less_than_all_is_to_be_in_sync(
    replicas: int, value: str, wanted: str | None
) -> None:
    facts = TopicDescription(
        {**SAFE, "min.insync.replicas": Setting(value)},
        (PartitionDescription(0, 1, replicas, replicas),),
        replicas,
    )
    assert recommended_settings(facts, 0).get("min.insync.replicas") == wanted
    assert ("J09" in judged(facts)) == (wanted is not None)


def test_a_replica_on_a_broker_that_is_away_is_told() -> None:
    facts = TopicDescription(SAFE, (PartitionDescription(0, 1, 3, 2, offline=1),), 2)
    seen = Observations("journal", topic_description=facts)
    assert diagnose(seen)[0].evidence == (
        "2 of 3 replicas of partition 0 keep up, 1 on brokers that are away.",
    )


@pytest.mark.parametrize(
    ("denied", "severity"),
    [(("WRITE", "ALTER_CONFIGS"), "error"), (("ALTER_CONFIGS",), "info")],
)
def test_what_a_node_may_not_do_is_told_by_what_it_stops(
    denied: tuple[str, ...], severity: str
) -> None:
    seen = Observations("journal", topic_description=TopicDescription(SAFE, denied=denied))
    (finding,) = diagnose(seen)
    assert (finding.code, finding.severity) == ("J21", severity)
    assert "--operation AlterConfigs" in finding.remedy


@pytest.mark.parametrize(
    ("name", "value", "words"),
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
def test_values_are_told_in_words(name: str, value: str, words: str) -> None:
    assert format_value(name, value) == words


SETTINGS = st.builds(Setting, st.text(max_size=20), st.sampled_from(SettingSource))


NUMBERS = st.builds(Setting, st.integers().map(str), st.sampled_from(SettingSource))


FACTS = st.builds(
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


@given(FACTS, st.text(max_size=20), st.integers(0))
def test_no_setting_however_odd_stops_the_judgement(
    facts: TopicDescription, topic: str, now: int
) -> None:
    tally = replace_partitions(BARE)
    diagnose(
        Observations(topic, tally, topic_description=facts, max_content_bytes=500_000, now=now)
    )
    recommended_settings(facts, 500_000)


@given(FACTS)
def test_what_a_remedy_asks_for_is_judged_as_good(facts: TopicDescription) -> None:
    wanted = recommended_settings(facts, 500_000)
    text = render_kafka_topic("journal", facts, wanted)
    changed = TopicDescription(
        {**facts.settings, **read_settings(text).settings}, facts.partitions, facts.brokers
    )
    assert recommended_settings(changed, 500_000) == {}


def replace_partitions(tally: Tally) -> Tally:
    partition = PartitionTally(RecordPosition(0, 0, 0), RecordPosition(0, 9, 10**15), 10)
    return msgspec.structs.replace(tally, partitions={0: partition})
