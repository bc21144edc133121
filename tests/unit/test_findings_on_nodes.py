"""Findings about upgrades, backups, a node and its topic, and its writes, made by hand."""

from dataclasses import replace

import pytest

from journal.health.checks.nodes import slow_writes, tables_apart
from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.health.node_state import NodeState, PartitionState
from journal.health.observations import (
    BackupState,
    Observations,
    ObservedSequence,
    UpgradeAttempt,
    UpgradeHistory,
)
from journal.health.write_latency import WriteLatency, WriteLatencySummary
from journal.projection.handlers.upgrades import LOCK_TIMEOUT
from journal.projection.tally import IdDraws, PartitionTally, RecordPosition, Tally
from registry.models import SequenceName

DAY = 24 * 60 * 60 * 1000
NOW = 100 * DAY
OBSERVATIONS = Observations(
    "kafkasql-journal",
    Tally({0: PartitionTally(RecordPosition(0, 0, 0), RecordPosition(0, 9, 0), 10)}),
)


def findings(observations: Observations) -> list[Finding]:
    return list(diagnose(observations))


def upgraded(*attempts: UpgradeAttempt) -> Observations:
    return replace(OBSERVATIONS, upgrades=UpgradeHistory(1, attempts, NOW))


class TestUpgrades:
    def test_an_upgrade_in_progress_is_no_finding(self) -> None:
        in_progress = UpgradeAttempt("u", 2, NOW - 1000, offset=5, began_at=NOW - 20_000)
        assert findings(upgraded(in_progress)) == []

    def test_a_silent_holder_is_found(self) -> None:
        silent = UpgradeAttempt("u", 2, NOW - LOCK_TIMEOUT - 1, offset=5, began_at=NOW - DAY)
        (finding,) = findings(upgraded(silent))
        assert (finding.code, finding.severity) == ("J19", "warning")
        assert "Node u, asked at offset 5, last seen" in finding.evidence[0]
        assert [record.offset for record in finding.records] == [5]

    def test_an_endless_upgrade_is_found(self) -> None:
        endless = UpgradeAttempt("u", 2, NOW - 1000, offset=5, began_at=NOW - DAY)
        (finding,) = findings(upgraded(endless))
        assert "renews the lock without an end" in finding.evidence[0]

    def test_released_locks_are_counted(self) -> None:
        released = [UpgradeAttempt(name, 2, NOW - DAY) for name in "ab"]
        (finding,) = findings(upgraded(*released))
        assert "to version 2 was tried by 2 nodes and not committed" in finding.summary


def backed_up(verified_at: int | None, unsaved_at: int | None) -> Observations:
    unsaved = None if unsaved_at is None else RecordPosition(0, 7, unsaved_at)
    return replace(OBSERVATIONS, backup=BackupState("/srv/backup", 7, NOW, verified_at, unsaved))


class TestBackups:
    def test_a_node_that_requires_no_backup_has_no_finding(self) -> None:
        assert findings(OBSERVATIONS) == []

    def test_a_young_journal_needs_no_backup_yet(self) -> None:
        assert findings(backed_up(None, NOW - DAY)) == []

    def test_a_journal_that_was_never_backed_up_is_found(self) -> None:
        (finding,) = findings(backed_up(None, NOW - 8 * DAY))
        assert (finding.code, finding.severity) == ("J23", "warning")
        assert "python manage.py backup /srv/backup" in finding.remedy

    def test_a_backup_that_was_not_verified_lately_is_found(self) -> None:
        (finding,) = findings(backed_up(NOW - 8 * DAY, None))
        assert "was not verified for more than 7 days" in finding.summary

    def test_a_verified_backup_that_lacks_old_records_is_found(self) -> None:
        (finding,) = findings(backed_up(NOW, NOW - 8 * DAY))
        assert "partition 0, offset 7" in finding.evidence[1]

    def test_a_backup_that_holds_the_old_records_is_no_finding(self) -> None:
        assert findings(backed_up(NOW - DAY, NOW - DAY)) == []


class TestTheTopic:
    state = NodeState(
        True, True, False, "the topic is another", 0, (PartitionState(0, 0, 9, 9),),
        trouble_kind="topic-replaced",
    )  # fmt: skip

    @pytest.mark.parametrize("kind", ["topic-replaced", "ahead-of-journal", "topic-missing"])
    def test_tables_of_another_journal_are_an_error(self, kind: str) -> None:
        finding = tables_apart(replace(self.state, trouble_kind=kind))
        assert finding is not None
        assert (finding.code, finding.severity) == ("J17", "error")
        assert "the topic is another" in finding.summary
        assert "offset 9 of partition 0" in finding.evidence[0]

    def test_another_trouble_is_no_finding(self) -> None:
        assert tables_apart(replace(self.state, trouble_kind="broker-error")) is None

    def test_a_missing_topic_of_which_nothing_was_applied_is_no_loss(self) -> None:
        fresh = replace(self.state, partitions=(), trouble_kind="topic-missing")
        assert tables_apart(fresh) is None


class TestWrites:
    def test_quick_writes_are_no_finding(self) -> None:
        assert slow_writes(WriteLatencySummary(500, 0, 0.2)) is None

    def test_a_few_slow_writes_prove_nothing(self) -> None:
        assert slow_writes(WriteLatencySummary(3, 0, 9.0)) is None

    def test_slow_writes_are_found(self) -> None:
        finding = slow_writes(WriteLatencySummary(100, 0, 3.5))
        assert finding is not None
        assert (finding.code, finding.severity) == ("J22", "warning")
        assert "3.5 s" in finding.summary

    def test_each_timeout_is_found(self) -> None:
        latency = WriteLatency()
        latency.record(0.01)
        latency.record_timeout()
        finding = slow_writes(latency.recent())
        assert finding is not None
        assert finding.summary.startswith("1 of 2 writes")


class TestCommentIds:
    behind = ObservedSequence(
        "_", SequenceName.COMMENT_ID, 1, 2, 2, IdDraws(lacking=1, lacking_ids=[2])
    )

    def test_a_comment_sequence_behind_is_no_danger_to_uploads(self) -> None:
        missing, late = findings(replace(OBSERVATIONS, sequences=(self.behind,)))
        assert missing.summary == "Id records are missing from the journal: comment 2."
        assert (missing.severity, missing.repair) == ("warning", "")
        assert (late.code, late.severity) == ("J03", "warning")
        assert "the comment id sequence stands at 1 while 2 is in use" in late.summary
        assert "upload" not in late.consequence.split("This node")[0]
        assert late.repair == ""

    def test_the_reset_is_offered_for_the_sequences_of_uploads(self) -> None:
        content = replace(self.behind, name=SequenceName.CONTENT_ID)
        late = findings(replace(OBSERVATIONS, sequences=(content, self.behind)))[1]
        assert (late.severity, late.repair) == ("error", "reset")
