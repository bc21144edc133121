"""The diagnosis of recorded and written journals, live and from dumps."""

import json
from base64 import b64encode
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from journal.database.writer import Writer
from journal.health.checks.sequences import JAVA_MESSAGE
from journal.health.collector import collect_observations
from journal.health.diagnosis import diagnose
from journal.health.findings import Finding
from journal.kafka.records import Record
from journal.kafka.topic_description import Setting, TopicDescription
from journal.models import ContentView
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentIdKey,
    ContentIdValue,
    ContentV2Key,
    ContentV2Value,
    GlobalIdKey,
    GlobalIdValue,
    Message,
    MetaData,
)
from journal.worker.heartbeat import Heartbeat, write_heartbeat
from registry.references import content_hash
from tests.databases import pointed_at
from tests.dump_snapshots import snapshot_of_dump
from tests.journals import DATA, TOPIC, apply_to_database, read_journal, records

INCIDENT = DATA / "incident-dump.jsonl"
KEEPING = TopicDescription({
    "cleanup.policy": Setting("delete"),
    "retention.ms": Setting("-1"),
    "retention.bytes": Setting("-1"),
})
COMPACTING = TopicDescription({"cleanup.policy": Setting("compact")})
#: An upload of a version that existed already was refused there, as its writer was told.
REFUSED = [("J13", "info")]
#: What is told of healthy journals, if anything is.
HEALTHY = {
    DATA / "journals" / "2.1.3.jsonl": REFUSED,
    DATA / "journals" / "2.1.5.jsonl": REFUSED,
    DATA / "journals" / "2.6.13.jsonl": [],
    DATA / "journals" / "2.6.13-3partitions.jsonl": [],
    DATA / "journals" / "control-before.jsonl": [],
    # Two upgrade records went at its beginning, which others of their key replaced.
    DATA / "journals" / "control-after-restart-writes.jsonl": [("J06", "info")],
    DATA / "journals" / "upgrade-after-start.jsonl": [],
    DATA / "journals" / "upgrade-after-restart.jsonl": [],
    DATA / "journals" / "bug-before.jsonl": [],
    # The fourth schema of the incident, whose content nobody has, and what was compacted away.
    DATA / "journals" / "bug-after-restart-writes.jsonl": [("J04", "warning"), ("J06", "info")],
    DATA / "captures" / "2.1.3-kcat.jsonl": REFUSED,
    DATA / "captures" / "2.6.13-kcat.jsonl": [],
}
DAMAGED = [
    INCIDENT,
    DATA / "journals" / "bug-after.jsonl",
    DATA / "captures" / "bug-2.1.3-after-kcat.jsonl",
]


def draw(content: Action | None = None, tenant: str = "_") -> list[Message]:
    """A content id record and a global id record without nonces."""
    action = content or Action.CREATE
    return [
        Message(ContentIdKey(tenant), ContentIdValue(action)),
        Message(GlobalIdKey(tenant), GlobalIdValue(action)),
    ]


RESET = draw(Action.RESET)


def use(number: int, tenant: str = "_", action: Action | None = None) -> list[Message]:
    """A content and an artifact, both of that id."""
    body = f'{{"number":{number}}}'.encode()
    hashed = content_hash(body, None)
    content = Message(
        ContentV2Key(tenant, number),
        ContentV2Value(action or Action.CREATE_OR_UPDATE, hashed, f"c{number}", body),
    )
    artifact = Message(
        ArtifactKey(tenant, None, f"a{number}", f"nonce {number}"),
        ArtifactValue(
            action or Action.CREATE,
            meta_data=MetaData(),
            latest=True,
            global_id=number,
            version="1",
            version_id=1,
            state="ENABLED",
            artifact_type="AVRO",
            content_hash=hashed,
            content_id=number,
            created_by="",
            created_on=1,
        ),
    )
    return [content, artifact]


def upload(number: int, tenant: str = "_") -> list[Message]:
    return [*draw(tenant=tenant), *use(number, tenant)]


def dumped(journal: Iterable[Record]) -> list[bytes]:
    return [json.dumps(_row(record)).encode() for record in journal]


def _row(record: Record) -> dict[str, Any]:
    return {
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestamp_type": record.timestamp_type,
        "headers": [
            {"key": name, "value_b64": b64encode(value or b"").decode()}
            for name, value in record.headers
        ],
        "key_b64": b64encode(record.key or b"").decode(),
        "value_b64": None if record.value is None else b64encode(record.value).decode(),
    }


def judged(*messages: Message) -> tuple[Finding, ...]:
    return snapshot_of_dump(dumped(records(*messages)), KEEPING).findings


def told(file: Path, facts: TopicDescription | None = None) -> list[tuple[str, str]]:
    with file.open("rb") as lines:
        findings = snapshot_of_dump(lines, facts).findings
    return [(finding.code, finding.severity) for finding in findings]


@pytest.mark.parametrize("file", HEALTHY, ids=lambda file: file.name)
def test_a_healthy_journal_has_no_grave_finding(file: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        assert told(file, KEEPING) == HEALTHY[file]


@pytest.mark.parametrize("file", DAMAGED, ids=lambda file: file.name)
def test_a_compacted_journal_lacks_id_records(file: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        assert told(file) == [("J02", "error"), ("J03", "error"), ("J06", "info")]


def test_an_uncompacted_journal_of_old_writers_is_in_danger_on_a_compacting_topic(
    django_db_blocker: Any,
) -> None:
    with django_db_blocker.unblock():
        assert told(DATA / "journals" / "bug-before.jsonl", COMPACTING) == [("J01", "error")]
        safer = told(DATA / "journals" / "2.1.5.jsonl", COMPACTING)
        assert safer == [("J01", "warning"), *REFUSED]


@pytest.mark.usefixtures("unblocked")
class TestWrittenJournals:
    """Journals written by hand, each a way to come to its sequences."""

    def test_the_ids_without_a_record_are_named(self) -> None:
        missing = judged(*use(1), *use(2), *upload(3), *upload(4))[0]
        assert missing.summary == (
            "Id records are missing from the journal: content 1 and content 2, "
            "global 1 and global 2."
        )

    def test_records_lost_in_the_middle_are_named(self) -> None:
        missing = judged(*upload(1), *use(2), *use(3), *upload(4))[0]
        assert "content 2 and content 3, global 2 and global 3" in missing.summary

    def test_uploads_that_overlap_lack_nothing(self) -> None:
        assert judged(*draw(), *draw(), *use(1), *use(2)) == ()

    def test_overlapping_uploads_keep_their_draws_when_others_are_lost(self) -> None:
        missing = judged(*use(1), *draw(), *draw(), *use(2), *use(3))[0]
        assert missing.summary.endswith("content 1, global 1.")

    def test_a_reset_heals(self) -> None:
        assert judged(*use(1), *use(2), *upload(3), *RESET, *upload(4)) == ()

    def test_loss_after_a_reset_counts_from_the_reset(self) -> None:
        missing = judged(*use(1), *upload(2), *RESET, *use(3), *upload(4))[0]
        assert missing.summary.endswith("content 3, global 3.")

    def test_an_import_with_its_reset_is_healthy(self) -> None:
        assert judged(*use(7, action=Action.IMPORT), *RESET, *upload(8)) == ()

    def test_an_import_without_its_reset_is_late_only(self) -> None:
        (late,) = judged(*use(1, action=Action.IMPORT))
        assert late.code == "J03"
        assert "content id" in late.summary
        assert "global id" in late.summary

    def test_ids_drawn_ahead_are_healthy(self) -> None:
        assert judged(*draw(), *draw(), *draw(), *use(2)) == ()

    def test_each_tenant_has_its_own_sequences(self) -> None:
        healthy = [*upload(1), *upload(1, "acme"), *upload(2, "acme")]
        assert judged(*healthy) == ()
        missing = judged(*healthy, *upload(2), *use(1, "lost"), *upload(2, "lost"))[0]
        assert missing.summary == (
            "Id records are missing from the journal: tenant lost's content 1, "
            "tenant lost's global 1."
        )

    def test_what_a_dump_repeats_is_left_out(self) -> None:
        lines = dumped(records(*upload(1)))
        repeated = snapshot_of_dump([*lines, *lines])
        assert (repeated.records, repeated.damage_count) == (4, 4)
        assert repeated.damage[0].where == "offset 0 of partition 0"
        assert "after offset 3" in repeated.damage[0].reason

    def test_a_content_id_used_twice_by_a_newer_node_is_judged_in_its_view(self) -> None:
        """The newer nodes take the last content of an ID, so none of the two is missing."""
        first, artifact = use(1)
        again, _ = use(1)
        found = judged(*draw(), first, artifact, again)
        assert [each.summary for each in found if "missing" in each.summary] == []


@pytest.fixture
def unblocked(django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield


def apply_with_settings(
    journal: Iterable[Record],
    facts: TopicDescription | None,
    view: ContentView = ContentView.FIRST_WINS,
) -> None:
    apply_to_database(journal, view=view)
    writer = Writer(connections.settings["journal"])
    try:
        with writer.transaction():
            write_heartbeat(writer, Heartbeat(1, True, True, {0: (0, 0)}, facts, ""))
    finally:
        writer.close()


def of_node(facts: TopicDescription | None) -> list[str]:
    return [
        finding.code
        for finding in diagnose(collect_observations(connections["default"], TOPIC, facts))
    ]


@pytest.mark.usefixtures("each_database")
def test_a_node_judges_its_own_tables() -> None:
    apply_with_settings(read_journal(DATA / "journals" / "bug-after.jsonl"), COMPACTING)
    assert of_node(COMPACTING) == ["J01", "J02", "J03", "J06"]


@pytest.mark.usefixtures("each_database")
def test_a_node_with_empty_tables_finds_nothing() -> None:
    assert of_node(None) == []


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    code = 0
    try:
        call_command("diagnose", *arguments, stdout=out)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, out.getvalue()


@pytest.mark.usefixtures("unblocked")
class TestCommandOnDumps:
    def test_the_incident_is_judged_as_json(self) -> None:
        code, out = run("--dump", str(INCIDENT), "--json")
        assert code == 1
        told = json.loads(out)
        assert list(told) == ["findings"]
        names = {"code", "severity", "summary", "evidence", "consequence", "remedy"}
        assert all(names <= set(finding) for finding in told["findings"])
        assert [finding["code"] for finding in told["findings"]] == ["J02", "J03", "J06"]
        assert "content 1, global 1" in told["findings"][0]["summary"]

    def test_the_incident_is_judged_as_text(self) -> None:
        code, out = run("--dump", str(INCIDENT))
        assert code == 1
        flowing = " ".join(out.split())
        assert "the content id sequence stands at 2 while 3 is in use" in flowing
        assert "the global id sequence stands at 2 while 3 is in use" in flowing
        assert f'fails with the message "{JAVA_MESSAGE}"' in flowing
        assert "add-config cleanup.policy=delete,retention.ms=-1,retention.bytes=-1\n" in out
        assert "The topic's settings were not judged" in out

    def test_a_healthy_dump_exits_well(self) -> None:
        code, out = run("--dump", str(DATA / "journals" / "2.6.13.jsonl"))
        assert (code, out.splitlines()[0]) == (0, "Nothing is wrong with the journal.")

    @pytest.mark.parametrize(
        "text",
        [
            '{"cleanup.policy": "compact"}',
            "Dynamic configs for topic kafkasql-journal are:\n"
            "  cleanup.policy=compact sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:"
            "cleanup.policy=compact, DEFAULT_CONFIG:log.cleanup.policy=delete}\n",
            "Topic: kafkasql-journal\tConfigs: cleanup.policy=compact,retention.ms=5\n",
            "cleanup.policy=compact\n",
        ],
        ids=["json", "kafka-configs", "kafka-topics", "plain"],
    )
    def test_settings_are_read_in_each_form(self, text: str, tmp_path: Path) -> None:
        file = tmp_path / "config"
        file.write_text(text)
        healthy = str(DATA / "journals" / "2.6.13.jsonl")
        code, out = run("--dump", healthy, "--topic-config", str(file), "--json")
        findings = json.loads(out)["findings"]
        assert [(each["code"], each["severity"]) for each in findings] == [("J01", "warning")]
        assert code == 0

    def test_a_policy_of_two_words_is_read_whole(self, tmp_path: Path) -> None:
        file = tmp_path / "config"
        file.write_text("Configs: cleanup.policy=compact,delete,retention.ms=5\n")
        healthy = str(DATA / "journals" / "2.6.13.jsonl")
        code, out = run("--dump", healthy, "--topic-config", str(file), "--json")
        assert [each["code"] for each in json.loads(out)["findings"]] == ["J01", "J07"]
        assert code == 1

    def test_a_topic_without_settings_of_its_own_is_judged(self, tmp_path: Path) -> None:
        file = tmp_path / "config"
        file.write_text("Dynamic configs for topic kafkasql-journal are:\n")
        healthy = str(DATA / "journals" / "2.6.13.jsonl")
        code, out = run("--dump", healthy, "--topic-config", str(file))
        assert code == 0
        assert out.startswith("J07 warning: ")

    @pytest.mark.parametrize("text", ["", "nothing of use", "{not json"])
    def test_settings_that_tell_nothing_are_refused(self, text: str, tmp_path: Path) -> None:
        file = tmp_path / "config"
        file.write_text(text)
        with pytest.raises(CommandError) as refused:
            run("--dump", str(INCIDENT), "--topic-config", str(file))
        assert refused.value.returncode == 2

    @pytest.mark.parametrize("text", ["", "no dump\n"])
    def test_what_is_no_dump_is_refused(self, text: str, tmp_path: Path) -> None:
        file = tmp_path / "dump"
        file.write_text(text)
        with pytest.raises(CommandError, match=r"is empty|Line 1") as refused:
            run("--dump", str(file))
        assert refused.value.returncode == 2

    @pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
    def test_a_dump_with_a_line_that_cannot_be_read_is_judged_without_it_and_not_well(
        self, form: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = (DATA / "journals" / "2.6.13.jsonl").read_text().splitlines()
        file = tmp_path / "dump"
        file.write_text("\n".join([*lines[:-1], "{broken"]))
        code, out = run("--dump", str(file), *form)
        assert code == 2
        assert "Nothing is wrong" in out or json.loads(out) == {"findings": []}
        told = capsys.readouterr().err
        assert "Not judged, since it could not be read (1 in all):" in told
        assert f"line {len(lines)}: it is not JSON" in told

    def test_a_missing_dump_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="No such file"):
            run("--dump", str(tmp_path / "none"))


@pytest.mark.usefixtures("sqlite_database")
class TestCommandOnANode:
    def test_a_damaged_node_exits_with_1(self) -> None:
        apply_with_settings(read_journal(DATA / "journals" / "bug-after.jsonl"), None)
        code, out = run()
        assert code == 1
        assert out.startswith("J02 error: ")

    def test_a_healthy_node_exits_well(self) -> None:
        newest = read_journal(DATA / "journals" / "2.6.13.jsonl")
        apply_with_settings(newest, KEEPING, ContentView.LAST_WINS)
        assert run() == (0, "Nothing is wrong with the journal.\n")

    def test_a_node_that_applied_nothing_is_not_judged(self) -> None:
        with pytest.raises(CommandError, match="No record was applied here yet"):
            run()


@pytest.mark.usefixtures("unblocked")
def test_a_node_that_never_ran_has_no_tables(tmp_path: Path) -> None:
    with (
        pointed_at(f"sqlite://{tmp_path / 'none.sqlite3'}"),
        pytest.raises(CommandError, match="has no tables to judge") as refused,
    ):
        run()
    assert refused.value.returncode == 2
