"""Findings out of observations made by hand."""

from collections.abc import Mapping
from dataclasses import replace

import msgspec
import pytest

from journal.health.checks.sequences import JAVA_MESSAGE
from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.health.observations import Observations, ObservedSequence
from journal.kafka.topic_description import Setting, TopicDescription
from journal.models import ContentView
from journal.projection.missing_offsets import MissingOffsets
from journal.projection.tally import (
    Category,
    IdDraws,
    Occurrences,
    PartitionTally,
    RecordPosition,
    Tally,
    TypeCount,
)
from registry.models import SequenceName

CONTENT = SequenceName.CONTENT_ID
GLOBAL = SequenceName.GLOBAL_ID
KEEPING_SETTINGS = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


def describe(settings: Mapping[str, str]) -> TopicDescription:
    return TopicDescription({name: Setting(value) for name, value in settings.items()})


KEEPING = describe(KEEPING_SETTINGS)
FIRST, TWELFTH = RecordPosition(0, 0, 0), RecordPosition(0, 12, 0)
PARTITIONS = {0: PartitionTally(FIRST, TWELFTH, 13)}


def replace_types(tally: Tally, size: int) -> Tally:
    return msgspec.structs.replace(tally, types={9: TypeCount(1, size)})


def occurrences(count: int, record: RecordPosition = TWELFTH) -> Occurrences:
    return Occurrences(count, [record], record)


WITH_NONCE = Tally(PARTITIONS, sorts={Category.WITH_NONCE: occurrences(4)})
WITHOUT_NONCE = Tally(
    PARTITIONS, sorts={Category.WITHOUT_NONCE: occurrences(3), Category.WITH_NONCE: occurrences(1)}
)
LACKS_1 = IdDraws(lacking=1, lacking_ids=[1])
IMPORTED = IdDraws(is_imported=True)
HEALTHY = Observations(
    topic="kafkasql-journal",
    sequences=(ObservedSequence("_", CONTENT, 3, 3), ObservedSequence("_", GLOBAL, 5, 3)),
    tally=WITH_NONCE,
    topic_description=KEEPING,
)
INCIDENT = replace(
    HEALTHY,
    sequences=(
        ObservedSequence("_", CONTENT, 2, 3, 3, draws=LACKS_1),
        ObservedSequence("_", GLOBAL, 2, 3, 3, draws=LACKS_1),
    ),
    tally=WITHOUT_NONCE,
    topic_description=None,
)


def codes(observations: Observations) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in diagnose(observations)]


def only(observations: Observations) -> Finding:
    (finding,) = diagnose(observations)
    return finding


def configured(**config: str) -> Observations:
    settings = {name.replace("_", "."): value for name, value in config.items()}
    return replace(HEALTHY, topic_description=describe(settings))


def behind(*sequences: ObservedSequence) -> Observations:
    return replace(HEALTHY, sequences=sequences)


def test_a_healthy_journal_has_no_finding() -> None:
    assert diagnose(HEALTHY) == ()


def test_an_empty_journal_has_no_finding() -> None:
    assert diagnose(Observations(topic="kafkasql-journal")) == ()


def test_the_incident_is_described_with_its_ids_and_numbers() -> None:
    missing, late = diagnose(INCIDENT)
    assert (missing.code, missing.severity) == ("J02", "error")
    assert missing.summary == "Id records are missing from the journal: content 1, global 1."
    assert (late.code, late.severity) == ("J03", "error")
    assert "the content id sequence stands at 2 while 3 is in use" in late.summary
    assert "the global id sequence stands at 2 while 3 is in use" in late.summary
    assert JAVA_MESSAGE in late.consequence


def test_the_remedy_of_missing_id_records_keeps_the_topic_and_then_resets() -> None:
    remedy = diagnose(INCIDENT)[0].remedy
    settings = "cleanup.policy=delete,retention.ms=-1,retention.bytes=-1"
    assert "kafka-configs.sh" in remedy
    assert "--entity-name kafkasql-journal" in remedy
    assert remedy.index(settings) < remedy.index("admin/import")


def test_imported_ids_without_a_reset_are_late_but_not_missing() -> None:
    state = ObservedSequence("_", GLOBAL, 0, 7, next_in_use=1, draws=IMPORTED)
    assert codes(behind(state)) == [("J03", "error")]


def test_ids_that_cannot_be_named_are_counted() -> None:
    finding = diagnose(behind(ObservedSequence("_", CONTENT, 6, 10, next_in_use=7)))[0]
    assert finding.summary == "Id records are missing from the journal: 4 content ids."


def test_many_missing_ids_are_named_in_part() -> None:
    state = ObservedSequence(
        "_", CONTENT, 1, 31, next_in_use=2, draws=IdDraws(lacking=30, lacking_ids=[*range(1, 31)])
    )
    summary = diagnose(behind(state))[0].summary
    assert "content 20 and 10 more" in summary
    assert "content 21" not in summary


def test_a_collision_to_come_is_a_warning() -> None:
    state = ObservedSequence("_", CONTENT, 2, 5, next_in_use=5, draws=IMPORTED)
    finding = only(behind(state))
    assert (finding.code, finding.severity) == ("J03", "warning")
    assert "Draw number 3 from now gives 5, which is taken." in finding.evidence[0]
    assert "An upload to come of new content" in finding.consequence


def test_a_tenant_is_named() -> None:
    state = ObservedSequence("acme", CONTENT, 2, 3, next_in_use=3, draws=LACKS_1)
    missing, late = diagnose(behind(ObservedSequence("_", CONTENT, 3, 3), state))
    assert "tenant acme's content 1" in missing.summary
    assert "tenant acme's content id sequence stands at 2" in late.summary


def test_a_late_global_id_alone_does_not_promise_the_content_failure() -> None:
    finding = only(behind(ObservedSequence("_", GLOBAL, 2, 3, next_in_use=3, draws=IMPORTED)))
    assert JAVA_MESSAGE not in finding.consequence


@pytest.mark.parametrize("policy", ["compact", "compact,delete"])
def test_compaction_with_old_writers_is_an_error(policy: str) -> None:
    observations = replace(
        HEALTHY,
        tally=WITHOUT_NONCE,
        topic_description=describe({**KEEPING_SETTINGS, "cleanup.policy": policy}),
    )
    finding = only(observations)
    assert (finding.code, finding.severity) == ("J01", "error")
    assert "3 of the 4 id records" in finding.evidence[1]
    assert "offset 12, 1970-01-01 00:00:00 UTC" in finding.evidence[1]


def test_compaction_without_old_writers_is_a_warning() -> None:
    finding = only(configured(cleanup_policy="compact"))
    assert (finding.code, finding.severity) == ("J01", "warning")
    assert "no writer older than 2.1.4" in finding.evidence[1]


def test_old_writers_alone_are_no_finding() -> None:
    assert diagnose(replace(HEALTHY, tally=WITHOUT_NONCE)) == ()


@pytest.mark.parametrize(
    "finite", [{"retention_ms": "604800000"}, {"retention_ms": "-1", "retention_bytes": "1000"}]
)
def test_a_finite_retention_is_an_error(finite: dict[str, str]) -> None:
    assert codes(configured(cleanup_policy="delete", **finite)) == [("J07", "error")]


def test_the_first_loss_has_a_date() -> None:
    evidence = only(configured(cleanup_policy="delete", retention_ms="604800000")).evidence
    assert evidence[-1] == (
        "It may be deleted from 1970-01-08 00:00:00 UTC on, 7 days after it was written, and not "
        "later than about 1970-01-15 00:00:00 UTC: whole segments go, once their newest record is "
        "as old, and the first one holds at most 7 days of records."
    )


def test_an_unknown_retention_is_a_warning() -> None:
    assert codes(configured()) == [("J07", "warning")]


def test_a_compacted_topic_has_no_retention() -> None:
    assert codes(configured(cleanup_policy="compact", retention_ms="1")) == [("J01", "warning")]


def test_unknown_settings_are_not_checked() -> None:
    assert diagnose(replace(HEALTHY, topic_description=None)) == ()


@pytest.mark.parametrize("limit", ["9223372036854775807", "3153600000000", "-1"])
def test_a_retention_that_no_journal_comes_to_removes_nothing(limit: str) -> None:
    assert codes(configured(cleanup_policy="delete", retention_ms=limit)) == []


def test_a_closed_segment_expires_with_its_newest_record() -> None:
    observations = replace(
        configured(cleanup_policy="delete", retention_ms="86400000", segment_ms="3600000"),
        tally=Tally({0: PartitionTally(FIRST, RecordPosition(0, 12, 60_000), 13)}),
        now=7_200_000,
    )
    assert "not later than about 1970-01-02 00:01:00 UTC" in only(observations).evidence[-1]


def test_the_oldest_records_are_described() -> None:
    observations = configured(cleanup_policy="delete", retention_ms="86400000")
    evidence = only(
        replace(observations, oldest_summaries=("draw a content id", "create content 1"))
    ).evidence
    assert evidence[-1] == "The first to go: draw a content id; create content 1."


def test_a_limit_of_bytes_is_reported_with_the_bytes_in_use() -> None:
    observations = configured(cleanup_policy="delete", retention_ms="-1", retention_bytes="1048576")
    used = replace(observations, tally=replace_types(observations.tally, 2048))
    finding = only(used)
    assert "retention.bytes=1048576, which is 1 MiB" in finding.summary
    assert finding.evidence[-1].startswith("The records that were applied have 2 KiB")


FIRST_WINS = ContentView.FIRST_WINS
LAST_WINS = ContentView.LAST_WINS


def of_newer_nodes(used_twice: int) -> Tally:
    sorts = {Category.NEWER: occurrences(1), Category.USED_TWICE: occurrences(used_twice)}
    return Tally(PARTITIONS, sorts=sorts)


@pytest.mark.parametrize(("used_twice", "severity"), [(0, "info"), (2, "warning")])
def test_first_wins_tables_are_outdated_once_newer_nodes_write(
    used_twice: int, severity: str
) -> None:
    outdated = replace(HEALTHY, tally=of_newer_nodes(used_twice), content_view=FIRST_WINS)
    assert codes(outdated) == [("J24", severity)]


def test_a_view_that_fits_the_writers_is_no_finding() -> None:
    assert diagnose(replace(HEALTHY, content_view=FIRST_WINS)) == ()
    assert diagnose(replace(HEALTHY, tally=of_newer_nodes(2), content_view=LAST_WINS)) == ()


def test_a_range_without_any_record_is_an_error() -> None:
    missing = MissingOffsets(partition=0, first=5, last=7, count=3, noticed_at=0)
    finding = only(replace(HEALTHY, missing_offsets=(missing,)))
    assert (finding.code, finding.severity) == ("J08", "error")
    assert "all offsets from 5 to 7 of partition 0" in finding.evidence[0]


def test_a_range_with_some_records_is_a_warning() -> None:
    missing = MissingOffsets(partition=1, first=5, last=9, count=3, noticed_at=0)
    finding = only(replace(HEALTHY, missing_offsets=(missing,)))
    assert (finding.code, finding.severity) == ("J08", "warning")
    assert "3 offsets from 5 to 9 of partition 1" in finding.evidence[0]
