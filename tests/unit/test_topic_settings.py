"""Settings as people have them at hand, and what is judged of them."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.doctor.diagnosis import diagnose
from journal.doctor.observations import Observations
from journal.tally import Mark, Seen, Sort, Tally
from journal.topic_facts import BROKER_NAMES, PartitionFacts, Setting, Source, TopicFacts
from journal.topic_settings import read_settings

STRIMZI = Path(__file__).parent.parent / "data" / "strimzi"
BARE = Tally(sorts={Sort.WITHOUT_NONCE: Seen(2, [Mark(0, 1, 0)], Mark(0, 1, 0))})
DESCRIBED = """\
Dynamic configs for topic kafkasql-journal are:
  cleanup.policy=compact sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact, \
DEFAULT_CONFIG:log.cleanup.policy=delete}
  retention.ms=604800000 sensitive=false synonyms={STATIC_BROKER_CONFIG:log.retention.hours=168}
  max.message.bytes=1048588 sensitive=false synonyms={DEFAULT_CONFIG:message.max.bytes=1048588}
"""


def judged(facts: TopicFacts, tally: Tally = BARE) -> dict[str, str]:
    seen = Observations("kafkasql-journal", tally, facts=facts, largest=500_000)
    return {finding.code: finding.severity for finding in diagnose(seen)}


def strimzi(name: str) -> TopicFacts:
    return read_settings((STRIMZI / name).read_text())


def test_the_compacting_topic_of_the_incident_is_an_error() -> None:
    facts = strimzi("compacting-topic.yaml")
    assert facts.value("cleanup.policy") == "compact"
    assert len(facts.partitions) == 2
    assert judged(facts)["J01"] == "error"


@pytest.mark.parametrize("name", ["keeping-topic.yaml", "keeping-broker.yaml"])
def test_the_settings_that_the_incident_ends_with_are_no_error(name: str) -> None:
    assert "error" not in judged(strimzi(name)).values()


def test_a_broker_s_settings_are_those_of_its_topics_unless_they_have_their_own() -> None:
    both = (STRIMZI / "keeping-broker.yaml").read_text()
    both += "\n---\n" + (STRIMZI / "compacting-topic.yaml").read_text()
    facts = read_settings(both)
    assert facts.settings["cleanup.policy"] == Setting("compact", Source.TOPIC)
    assert facts.settings["retention.ms"] == Setting("-1", Source.STATIC_BROKER)
    assert facts.said("retention.ms") == "retention.ms=-1 (by the brokers' log.retention.ms)"


def test_hours_of_retention_are_milliseconds() -> None:
    facts = read_settings("kind: Kafka\nspec: {kafka: {config: {log.retention.hours: 168}}}")
    assert facts.value("retention.ms") == "604800000"
    assert judged(facts)["J07"] == "error"


def test_described_settings_tell_where_they_come_from() -> None:
    facts = read_settings(DESCRIBED)
    assert facts.settings == {
        "cleanup.policy": Setting("compact", Source.TOPIC),
        "retention.ms": Setting("604800000", Source.STATIC_BROKER),
        "max.message.bytes": Setting("1048588", Source.DEFAULT),
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


REPLICAS = [
    ((PartitionFacts(0, 1, 1, 1),), 1, None),
    ((PartitionFacts(0, 1, 1, 1),), 3, "warning"),
    ((PartitionFacts(0, -1, 3, 0),), 3, "error"),
    ((PartitionFacts(0, 1, 3, 2),), 3, "warning"),
    ((PartitionFacts(0, 1, 3, 3),), 3, None),
]


@pytest.mark.parametrize(("partitions", "brokers", "severity"), REPLICAS)
def test_replicas_are_judged_by_what_the_cluster_could_have(
    partitions: tuple[PartitionFacts, ...], brokers: int, severity: str | None
) -> None:
    facts = TopicFacts({"min.insync.replicas": Setting("2")}, partitions, brokers)
    assert judged(facts).get("J09") == severity


def test_what_the_broker_does_not_tell_is_a_finding() -> None:
    assert judged(TopicFacts(refused="not authorized"))["J21"] == "warning"


def test_records_too_small_for_the_largest_content_are_told_of() -> None:
    facts = TopicFacts({"max.message.bytes": Setting("100000")})
    assert judged(facts)["J15"] == "info"
    enough = TopicFacts({"max.message.bytes": Setting("1048588")})
    assert "J15" not in judged(enough)


def test_writers_without_a_nonce_are_told_to_be_at_work_or_not() -> None:
    facts = TopicFacts({"cleanup.policy": Setting("compact")})
    seen = Observations("journal", BARE, facts=facts, now=10**12)
    assert any("taken for active" in each for each in diagnose(seen)[0].evidence)
    newer = Seen(1, [Mark(0, 9, 5)], Mark(0, 9, 5))
    upgraded = Tally(sorts={**BARE.sorts, Sort.WITH_NONCE: newer})
    later = diagnose(replace(seen, tally=upgraded))[0]
    assert later.severity == "warning"
    assert any("no such writer seems to be active" in each for each in later.evidence)
    today = diagnose(replace(seen, tally=upgraded, now=60_000))[0]
    assert today.severity == "error"


@given(st.dictionaries(st.sampled_from(sorted(BROKER_NAMES)), st.text(max_size=20)))
def test_no_setting_however_odd_stops_the_judgement(settings: dict[str, str]) -> None:
    judged(TopicFacts({name: Setting(value) for name, value in settings.items()}))


@given(st.text(max_size=200))
def test_no_text_is_read_without_settings_or_a_reason(text: str) -> None:
    with suppress(ValueError):
        assert read_settings(text).settings or "configs for topic" in text.lower()
