"""Findings of journals that something is wrong with: from a dump, and of a running node."""

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Producer
from django.core.management import call_command
from django.db import connections
from pytest_django import Settings

from journal.database.writer import Writer
from journal.health.collector import collect_node_observations
from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.health.table_lookups import TableLookups, observe_sequences, read_sequence_usage
from journal.journal import Journal
from journal.kafka.records import Record
from journal.kafka.topics import TopicAdmin
from journal.models import ContentView, Position
from journal.projection.tally import Tally
from journal.wire.messages import (
    Action,
    CommentIdKey,
    CommentIdValue,
    CommentKey,
    CommentValue,
    DownloadContext,
    DownloadKey,
    DownloadValue,
    Message,
    UpgraderKey,
    UpgraderValue,
)
from node.config.home import Home
from tests.dump_snapshots import snapshot_of_dump
from tests.integration.test_diagnose import KEEPING, draw, dumped, upload
from tests.integration.test_health import codes, finding
from tests.journals import DATA, TOPIC, apply_to_database, load_messages, read_journal, records
from tests.nodes import node_running, worker_in_trouble
from tests.own_node import Client, journal, publisher
from tests.tools import call
from tests.waiting import DEADLINE, until

DAY = 24 * 60 * 60 * 1000


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> None:
    settings.ANNALS_HOME = Home(tmp_path)


def from_dump(journal: Iterable[Record]) -> dict[str, Finding]:
    return {
        finding.code: finding for finding in snapshot_of_dump(dumped(journal), KEEPING).findings
    }


def from_node() -> dict[str, Finding]:
    observations = collect_node_observations(connections["default"], TOPIC, KEEPING)
    return {finding.code: finding for finding in diagnose(observations)}


def both(journal: list[Record]) -> dict[str, Finding]:
    """Return the findings of a dump, which must be those of a node."""
    apply_to_database(journal, view=ContentView.LAST_WINS)
    findings = from_dump(journal)
    assert from_node() == findings
    return findings


def changed(journal: list[Record], offset: int, **fields: Any) -> list[Record]:
    return [replace(record, **fields) if record.offset == offset else record for record in journal]


@pytest.mark.usefixtures("each_database")
class TestWrittenJournals:
    def test_a_journal_of_uploads_has_no_findings(self) -> None:
        assert both(records(*upload(1), *upload(2))) == {}

    @pytest.mark.parametrize(
        ("fields", "severity"),
        [
            ({"key": b"\x63{}"}, "error"),
            ({"key": b""}, "error"),
            ({"headers": (("req", b"no uuid"),)}, "error"),
            ({"key": b"\x13{}", "headers": (("mt", b"x"),)}, "error"),
            ({"key": b"\x09{"}, "warning"),
            ({"value": b"\x09{"}, "warning"),
            ({"headers": ()}, "info"),
        ],
    )
    def test_a_foreign_record_is_found(self, fields: dict[str, Any], severity: str) -> None:
        journal = changed(records(*upload(1), *draw()), 4, **fields)
        findings = both(journal)
        assert {code: finding.severity for code, finding in findings.items()} == {"J12": severity}
        assert [record.offset for record in findings["J12"].records] == [4]

    def test_control_records_are_no_finding(self) -> None:
        journal = records(*upload(1), *upload(2), *upload(3))
        assert both([replace(record, offset=record.offset * 2) for record in journal]) == {}

    def test_records_that_were_removed_leave_a_gap(self) -> None:
        journal = [
            replace(record, offset=record.offset + 5 * (record.offset > 3))
            for record in records(*upload(1), *upload(2))
        ]
        findings = both(journal)
        assert {code: finding.severity for code, finding in findings.items()} == {"J06": "warning"}
        assert "4 to 8" in findings["J06"].evidence[0]

    def test_records_in_other_partitions_are_found(self) -> None:
        journal = [*records(*upload(1)), replace(records(*draw())[0], partition=1)]
        assert from_dump(journal)["J10"].severity == "warning"

    def test_a_clock_ahead_is_found(self) -> None:
        """Date a record before its versions, which are created at 1 ms."""
        journal = changed(records(*upload(1)), 3, timestamp=-90_000)
        findings = both(journal)
        assert {code: finding.severity for code, finding in findings.items()} == {"J18": "warning"}
        assert "differ by up to 90 s" in findings["J18"].summary

    def test_a_clock_that_jumped_back_is_found(self) -> None:
        journal = records(*upload(1), *upload(2))
        findings = both(changed(journal, 7, timestamp=journal[7].timestamp - 3_600_000))
        assert {code: finding.severity for code, finding in findings.items()} == {"J18": "warning"}
        assert "up to 3600 s older than one before: offset 7" in findings["J18"].evidence[0]

    def test_a_comment_id_in_use_is_found(self) -> None:
        number = Message(CommentIdKey("_", "n"), CommentIdValue(Action.CREATE))

        def comment(comment_id: str) -> Message:
            key = CommentKey("_", None, "a1", "1", comment_id, f"u{comment_id}")
            return Message(key, CommentValue(Action.CREATE, -1, "", 1, "text"))

        assert both(records(*upload(1), number, comment("1"))) == {}
        findings = from_dump(records(*upload(1), number, comment("1"), comment("10"), comment("9")))
        assert {code: finding.severity for code, finding in findings.items()} == {
            "J02": "warning",
            "J03": "warning",
        }
        assert "comment 10 and comment 9" in findings["J02"].summary
        assert "stands at 1 while 10 is in use" in findings["J03"].summary
        assert "Draw number 8 from now gives 9" in findings["J03"].evidence[0]

    def test_noise_is_found(self) -> None:
        context = DownloadContext("x" * 400, 1)
        downloads = [
            Message(DownloadKey("_", f"{number}"), DownloadValue(Action.CREATE, context))
            for number in range(3000)
        ]
        assert both(records(*downloads))["J20"].severity == "info"


def upgrade(action: Action, uuid: str = "u") -> Message:
    return Message(UpgraderKey("compact"), UpgraderValue(action, uuid, 2))


@pytest.mark.usefixtures("sqlite_database")
class TestUpgrades:
    TRY = Action.UPGRADE_TRY_LOCK

    def test_an_abandoned_lock_is_found(self) -> None:
        journal = records(*upload(1), upgrade(self.TRY), *upload(2))
        later = [
            replace(record, timestamp=record.timestamp + DAY * (record.offset > 4))
            for record in journal
        ]
        finding = from_dump(later)["J19"]
        assert "asked at offset 4" in finding.evidence[0]
        assert "is silent" in finding.evidence[0]

    def test_an_upgrade_in_progress_is_no_finding(self) -> None:
        assert from_dump(records(*upload(1), upgrade(self.TRY))) == {}

    def test_a_journal_at_rest_does_not_hide_an_abandoned_lock(self) -> None:
        apply_to_database(records(*upload(1), upgrade(self.TRY)))
        assert "J19" in from_node()

    def test_an_upgrade_that_was_given_up_is_found(self) -> None:
        abort = upgrade(Action.UPGRADE_ABORT_AND_UNLOCK)
        assert (
            "gave the lock back" in from_dump(records(upgrade(self.TRY), abort))["J19"].evidence[0]
        )

    def test_a_committed_upgrade_is_no_finding(self) -> None:
        commit = upgrade(Action.UPGRADE_COMMIT_AND_UNLOCK)
        journal = records(upgrade(self.TRY), upgrade(self.TRY, "v"), commit, *upload(1))
        assert from_dump(journal) == {}


@pytest.mark.kafka
class TestRunningNodes:
    def test_a_foreign_record_is_found_with_its_offset(
        self, node_on_each: None, kafka: str, topic: str
    ) -> None:
        publisher().publish(upload(1))
        producer = Producer({"bootstrap.servers": kafka})
        producer.produce(topic, key=b"\x63{}", value=b"x", partition=0)
        assert producer.flush(DEADLINE) == 0
        until(lambda: "J12" in codes())
        found = finding("J12")
        assert found.severity == "error"
        assert found.since is not None
        assert [record.offset for record in found.records] == [found.since.offset]

    def test_a_topic_of_several_partitions_is_found(self, kafka: str, sqlite_database: str) -> None:
        name = f"journal-{uuid4().hex}"
        TopicAdmin({"bootstrap.servers": kafka}, name).create(partitions=2)
        with node_running(kafka, name):
            publisher().publish(upload(1))
            until(lambda: "J10" in codes())
            assert finding("J10").severity == "info"

    def test_tables_that_are_ahead_are_found_and_refuse_writes(
        self, kafka: str, topic: str, sqlite_database: str, settings: Settings
    ) -> None:
        before = time.time_ns() // 1_000_000
        with node_running(kafka, topic):
            publisher().publish(draw())
        Position.objects.using("journal").update(next_offset=9)
        settings.KAFKA_PROPERTIES = {"bootstrap.servers": kafka}
        with worker_in_trouble(topic):
            until(lambda: finding("J17").since)
            found = finding("J17")
            assert found.severity == "error"
            assert found.since is not None
            # The journal's generation, and two ids that were allocated.
            assert found.since.offset == 2
            assert before <= found.since.timestamp <= time.time_ns() / 1_000_000
            by_rest = Client().get("/apis/annals/v1/findings").json()["findings"]
            assert by_rest[0]["code"] == "J17"
            assert "deleted or truncated" in by_rest[0]["summary"]
            diagnosis = json.loads(call_failing("diagnose", "--json"))
            assert "J17" in [entry["code"] for entry in diagnosis["findings"]]
        Position.objects.using("journal").update(next_offset=3)
        with node_running(kafka, topic):
            assert "J17" not in codes()
            publisher().publish(draw())

    def test_a_write_that_times_out_is_found(self, node: Journal) -> None:
        assert "J22" not in codes()
        node.health.write_latency.record_timeout()
        assert "J22" in codes()

    def test_a_backup_is_overdue_until_it_is_verified(
        self, kafka: str, topic: str, sqlite_database: str, tmp_path: Path, settings: Settings
    ) -> None:
        old = [
            replace(record, timestamp=time.time_ns() // 1_000_000 - 9 * DAY)
            for record in records(*upload(1))
        ]
        apply_to_database(old, view=ContentView.LAST_WINS)
        settings.ANNALS_BACKUP_DAYS, settings.ANNALS_BACKUPS = 7, str(tmp_path / "backup")
        settings.JOURNAL_TOPIC = topic
        settings.KAFKA_PROPERTIES = {"bootstrap.servers": kafka}
        load_messages(kafka, topic, upload(1))
        assert "J23" in from_node()
        call("backup", tmp_path / "backup", "--topic", topic)
        assert "J23" in from_node()
        call("backup", "--check", tmp_path / "backup", "--topic", topic)
        assert from_node() == {}
        more = records(*upload(1), *upload(2))[4:]
        later = [replace(record, timestamp=old[0].timestamp) for record in more]
        apply_to_database(later, view=ContentView.LAST_WINS)
        assert "partition 0, offset 4" in from_node()["J23"].evidence[1]


def call_failing(*arguments: str) -> str:
    """Return the output of a command that exits with 1."""
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("sqlite_database")
def test_no_recorded_journal_has_a_false_error() -> None:
    for name in ("2.1.3", "2.1.5", "2.6.13", "control-after", "upgrade-after-restart"):
        findings = from_dump(read_journal(DATA / "journals" / f"{name}.jsonl"))
        assert {finding.severity for finding in findings.values()} <= {"info"}, name
    assert journal().health.findings() == ()


class _LookupsAmongDeletions(TableLookups):
    """Tables whose rows are deleted by a commit between two look-ups."""

    def tenants(self, table: str) -> Iterator[str]:
        for tenant in super().tenants(table):
            writer = Writer(connections.settings["journal"])
            writer.write(f"DELETE FROM {table}")
            writer.close()
            yield tenant


@pytest.mark.usefixtures("each_database")
def test_ids_are_looked_up_while_the_last_content_is_deleted() -> None:
    apply_to_database(records(*upload(1)[:3]))
    lookups = _LookupsAmongDeletions(connections["default"])
    states = observe_sequences(lookups, read_sequence_usage(lookups), Tally())
    assert {state.highest for state in states} == {0}
