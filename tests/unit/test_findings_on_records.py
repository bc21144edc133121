"""Findings about records, contents and offsets, out of observations made by hand."""

from dataclasses import replace

import pytest

from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.health.observations import Observations
from journal.kafka.topic_description import PartitionDescription, Setting, TopicDescription
from journal.projection.missing_offsets import MissingOffsets
from journal.projection.tally import (
    Category,
    Occurrences,
    PartitionTally,
    RecordPosition,
    Tally,
    TypeCount,
    Unresolved,
)
from journal.projection.tally.counts import Rejections
from journal.wire.messages import MessageType

TOPIC = "kafkasql-journal"


def with_policy(policy: str) -> TopicDescription:
    settings = {"cleanup.policy": policy, "retention.ms": "-1", "retention.bytes": "-1"}
    return TopicDescription({name: Setting(value) for name, value in settings.items()})


KEEPING, COMPACTING = with_policy("delete"), with_policy("compact")
DAY = 24 * 60 * 60 * 1000


def position(offset: int, timestamp: int = 0, partition: int = 0) -> RecordPosition:
    return RecordPosition(partition, offset, timestamp)


def occurrences(*offsets: int, timestamp: int = 0) -> Occurrences:
    marks = [position(offset, timestamp) for offset in offsets]
    return Occurrences(len(marks), marks, marks[-1])


def partition(first: int, last: int, *stretches: tuple[int, int]) -> PartitionTally:
    missing = sum(high - low + 1 for low, high in stretches)
    records = last - first + 1 - missing
    return PartitionTally(
        position(first), position(last), records, len(stretches), missing, list(stretches)
    )


def observed(tally: Tally, description: TopicDescription | None = KEEPING) -> Observations:
    tally.partitions = tally.partitions or {0: partition(0, 99)}
    return Observations(TOPIC, tally, topic_description=description)


def with_sorts(**sorts: Occurrences) -> Observations:
    return observed(Tally(sorts={Category[name]: counted for name, counted in sorts.items()}))


def gapped(
    *stretches: tuple[int, int], description: TopicDescription | None = KEEPING
) -> Observations:
    return observed(Tally({0: partition(0, 99, *stretches)}), description)


def codes(observations: Observations) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in diagnose(observations)]


def only(observations: Observations, code: str) -> Finding:
    (finding,) = [finding for finding in diagnose(observations) if finding.code == code]
    return finding


def unresolved(*names: str, offset: int = 7) -> Unresolved:
    contents = Unresolved()
    for name in names:
        contents.add("_", name, position(offset))
    return contents


class TestContents:
    def test_a_content_without_a_record_is_an_error(self) -> None:
        finding = only(observed(Tally(unknown=unresolved("abc"))), "J04")
        assert finding.severity == "error"
        assert finding.summary.startswith("1 content that versions name is not there")
        assert "Content with the hash abc is named at partition 0, offset 7" in finding.evidence[0]
        assert [record.offset for record in finding.records] == [7]

    def test_an_upload_that_failed_over_an_id_in_use_is_a_warning(self) -> None:
        tally = Tally(dropped=unresolved("abc"), sorts={Category.USED_TWICE: occurrences(5)})
        finding = only(observed(tally), "J04")
        assert finding.severity == "warning"
        assert "1 content record met a content id that was in use, at offset 5." in finding.evidence
        assert "shows foreign content" not in finding.summary
        assert "foreign content" in finding.consequence

    def test_an_imported_version_names_its_content_by_id(self) -> None:
        finding = only(observed(Tally(unknown=unresolved("id 12"))), "J04")
        assert "Content id 12 is named" in finding.evidence[0]

    def test_many_contents_are_named_in_part_and_counted_whole(self) -> None:
        finding = only(observed(Tally(unknown=unresolved(*map(str, range(150))))), "J04")
        assert finding.summary.startswith("150 contents that versions name are not there")
        assert finding.evidence[-1].startswith("And 130 more:")

    def test_bytes_that_are_gone_are_an_error(self) -> None:
        finding = only(observed(Tally(empty=unresolved("3"))), "J05")
        assert finding.severity == "error"
        assert "Content 3 is named at partition 0, offset 7" in finding.evidence[0]
        assert "contentIds/ID" in finding.remedy

    def test_a_hash_of_something_else_is_a_warning(self) -> None:
        finding = only(with_sorts(WRONG_HASH=occurrences(4, 9), BARE_HASH=occurrences(11)), "J14")
        assert finding.severity == "warning"
        assert finding.summary.startswith("2 content records have a hash")
        assert "offsets 4, 9" in finding.evidence[0]
        assert "offset 11" in finding.evidence[1]

    def test_hashes_of_old_writers_are_an_information(self) -> None:
        assert codes(with_sorts(BARE_HASH=occurrences(11))) == [("J14", "info")]


class TestGaps:
    def test_control_records_are_no_finding(self) -> None:
        assert codes(gapped((3, 3), (9, 9))) == []

    @pytest.mark.parametrize("description", [None, COMPACTING], ids=["unknown", "compacted"])
    def test_single_gaps_are_reported_where_they_may_be_lost_records(
        self, description: TopicDescription | None
    ) -> None:
        assert only(gapped((3, 3), description=description), "J06").severity == "info"

    def test_wide_gaps_on_a_topic_that_keeps_all_are_unexplained(self) -> None:
        finding = only(gapped((3, 3), (9, 12)), "J06")
        assert finding.severity == "warning"
        assert finding.summary.startswith("5 offsets of the journal hold no record, in 2 gaps.")
        assert "3, 9 to 12" in finding.evidence[0]

    def test_compaction_explains_wide_gaps(self) -> None:
        assert only(gapped((9, 12), description=COMPACTING), "J06").severity == "info"

    def test_missing_offsets_are_reported_once(self) -> None:
        missing = (MissingOffsets(0, 9, 12, 4, 0),)
        assert codes(replace(gapped((9, 12)), missing_offsets=missing)) == [("J08", "error")]

    def test_a_dump_that_begins_late_is_no_alarm(self) -> None:
        late = replace(observed(Tally({0: partition(40, 99)})), is_dump=True)
        assert codes(late) == [("J06", "info")]
        assert "begins at offset 40" in only(late, "J06").evidence[0]

    def test_a_log_that_begins_late_has_no_gap_before_its_start(self) -> None:
        late = replace(observed(Tally({0: partition(40, 99)})), log_starts={0: 40})
        assert codes(late) == [("J08", "warning")]

    def test_a_journal_whose_broker_is_away_is_not_checked_for_its_start(self) -> None:
        assert codes(observed(Tally({0: partition(40, 99)}))) == []


class TestTheLogsStart:
    def test_records_that_only_this_node_has_are_an_error(self) -> None:
        cut = replace(observed(Tally()), log_starts={0: 20})
        finding = only(cut, "J08")
        assert finding.severity == "error"
        assert "Do not rebuild this node" in finding.remedy
        assert "begins at offset 20 of partition 0" in finding.summary

    def test_a_complete_log_is_no_finding(self) -> None:
        assert codes(replace(observed(Tally()), log_starts={0: 0})) == []


class TestPartitions:
    def test_several_partitions_alone_are_an_information(self) -> None:
        assert codes(replace(observed(Tally()), partition_count=3)) == [("J10", "info")]

    def test_partitions_that_a_topic_is_described_with_are_counted(self) -> None:
        several = TopicDescription(
            KEEPING.settings, tuple(PartitionDescription(n, 1, 3, 3) for n in (0, 1))
        )
        assert codes(observed(Tally(), several)) == [("J10", "info")]

    def test_one_partition_is_no_finding(self) -> None:
        assert codes(replace(observed(Tally()), partition_count=1)) == []

    def test_records_in_other_partitions_are_a_warning(self) -> None:
        tally = Tally(
            {0: partition(0, 9), 1: PartitionTally(position(0, 0, 1), position(4, 0, 1), 5)},
            sorts={Category.OUTSIDE: Occurrences(5, [position(0, 0, 1)], position(4, 0, 1))},
        )
        finding = only(observed(tally), "J10")
        assert finding.severity == "warning"
        assert finding.evidence == (
            "Records: 10 in partition 0, 5 in partition 1.",
            "Outside partition 0: offsets 0 of partition 1 and 4 more.",
        )


class TestForeignRecords:
    @pytest.mark.parametrize("sort", ["UNKNOWN_TYPE", "OF_V3", "ODD_REQ"])
    def test_a_record_that_stops_a_java_node_is_an_error(self, sort: str) -> None:
        finding = only(with_sorts(**{sort: occurrences(3)}), "J12")
        assert finding.severity == "error"
        assert "its writes time out" in finding.consequence

    def test_an_undecodable_record_is_a_warning(self) -> None:
        finding = only(with_sorts(UNDECODABLE=occurrences(3, 4)), "J12")
        assert finding.severity == "warning"
        assert finding.evidence == ("2 that can't be decoded: offsets 3, 4.",)

    def test_a_record_without_req_is_an_information(self) -> None:
        assert codes(with_sorts(NO_REQ=occurrences(3))) == [("J12", "info")]

    def test_a_journal_without_any_req_came_without_its_headers(self) -> None:
        assert codes(with_sorts(NO_REQ=Occurrences(100, [position(0)], position(99)))) == []


def rejected(*errors: str, stretches: tuple[tuple[int, int], ...] = ()) -> Tally:
    return Tally(
        {0: partition(0, 99, *stretches)},
        refusals={error: Rejections(1, position(offset)) for offset, error in enumerate(errors, 5)},
    )


class TestRefusals:
    def test_ordinary_rejections_are_no_finding(self) -> None:
        assert (
            codes(observed(rejected("rule-not-found", "group-already-exists", "has-comments")))
            == []
        )

    def test_a_clash_is_explained(self) -> None:
        finding = only(observed(rejected("version-already-exists", "rule-not-found")), "J13")
        assert finding.severity == "info"
        assert finding.evidence == (
            "1 refused as version-already-exists: the version was there already, last at partition "
            "0, offset 5.",
        )

    def test_a_global_id_in_use_is_a_warning(self) -> None:
        tally = rejected("artifact-already-exists")
        tally.sorts = {Category.ID_TAKEN: occurrences(5)}
        finding = only(observed(tally), "J13")
        assert finding.severity == "warning"
        assert "a sequence was behind (J03)" in finding.evidence[-1]

    def test_an_impossible_record_is_a_warning(self) -> None:
        assert codes(observed(rejected("impossible-record"))) == [("J13", "warning")]

    def test_a_value_out_of_range_is_a_warning_with_its_reason(self) -> None:
        finding = only(observed(rejected("value-out-of-range")), "J13")
        assert finding.severity == "warning"
        assert "a value is out of the range of its column" in finding.evidence[0]
        assert "may exist there and nowhere here" in finding.consequence

    def test_rejections_on_a_journal_with_gaps_may_be_losses(self) -> None:
        finding = only(observed(rejected("rule-not-found", stretches=((3, 4),)), COMPACTING), "J13")
        assert finding.severity == "warning"
        assert "the rule was not there" in finding.evidence[0]
        assert "a change or a deletion is lost" in finding.consequence


class TestClocks:
    def test_a_clock_ahead_is_reported_with_its_distance(self) -> None:
        tally = Tally(
            sorts={Category.AHEAD: occurrences(3, timestamp=DAY)}, newest=DAY, most_ahead=90_000
        )
        finding = only(observed(tally), "J18")
        assert finding.severity == "warning"
        assert finding.summary == "The clocks of those who write the journal differ by up to 90 s."

    def test_a_clock_that_was_wrong_once_is_no_alarm(self) -> None:
        tally = Tally(
            sorts={Category.BACKWARD: occurrences(3, timestamp=DAY)},
            newest=9 * DAY,
            most_backward=70_000,
        )
        assert codes(observed(tally)) == [("J18", "info")]


def test_noise_is_reported_of_large_journals_alone() -> None:
    def noisy(size: int) -> Observations:
        types = {
            int(MessageType.DOWNLOAD): TypeCount(9, size),
            int(MessageType.CONTENT): TypeCount(),
        }
        return observed(Tally(types=types))

    assert codes(noisy(1000)) == []
    finding = only(noisy(5_000_000), "J20")
    assert finding.severity == "info"
    assert finding.summary.startswith("100% of the journal's bytes change nothing")
    assert finding.evidence == ("9 records of downloads, 5000000 of 5000000 bytes.",)
