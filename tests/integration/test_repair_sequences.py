"""Repairs of sequences of a running node: previewed, confirmed, saved, written, verified."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError
from pytest_django import Settings

from journal.dumps.reading import DumpReader
from journal.models import LedgerRow
from journal.repair.execution import RepairResult, execute, load_result
from journal.repair.plan import CheckResult, ConfirmationFailed, RepairImpossible
from journal.repair.sequences import MAX_ALLOCATIONS, plan_advance, plan_reset, tenants_to_reset
from journal.wire.codec import decode
from journal.wire.dialects import Dialect
from journal.wire.messages import Action, MessageType
from node.config.home import Home
from registry.models import DEFAULT_TENANT, SequenceName
from registry.queries import sequence_state
from tests.integration.test_diagnose import use
from tests.integration.test_health import upload, use_content
from tests.journals import DATA, load_journal, load_messages
from tests.nodes import node_running
from tests.own_node import Client, journal, publisher
from tests.tools import call
from tests.waiting import until

pytestmark = pytest.mark.kafka

RESET = "/ui/health/mend/reset"
IMPORT = "/apis/registry/v2/admin/import"
EMPTY = (DATA / "empty-export.zip").read_bytes()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> Home:
    settings.ANNALS_HOME = Home(tmp_path / "home")
    settings.JOURNAL_RESPONSE_TIMEOUT = 10
    return Home(tmp_path / "home")


@pytest.fixture
def damaged(kafka: str, topic: str, each_database: str) -> Iterator[str]:
    """Run a node on the recorded journal after its compaction, and return the topic."""
    load_journal(kafka, topic, "bug-after")
    with node_running(kafka, topic):
        until(lambda: {"J02", "J03"} <= codes())
        yield topic


def codes() -> set[str]:
    return {finding.code for finding in journal().health.findings()}


def hidden_field(response: Any, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]+)"', response.content.decode())
    assert match, f"no {name} on the page"
    return match[1]


def post_confirmed(path: str, topic: str) -> Any:
    """Open the preview and confirm it with the topic's name."""
    client = Client()
    preview = client.get(path)
    assert preview.status_code == 200
    form = {name: hidden_field(preview, name) for name in ("seed", "fingerprint")}
    return client.post(path, {**form, "topic": topic})


def result_of(response: Any) -> RepairResult:
    assert response.status_code == 302
    result = load_result(response.url.rpartition("/")[2])
    assert result is not None
    return result


def value_and_highest(name: SequenceName, tenant: str = DEFAULT_TENANT) -> tuple[int, int]:
    sequence = sequence_state(tenant, name)
    return sequence.value, sequence.highest


def test_a_reset_by_page_resolves_the_findings_and_the_fourth_upload_succeeds(damaged: str) -> None:
    before = LedgerRow.objects.count()
    response = post_confirmed(RESET, damaged)
    result = result_of(response)
    assert result.succeeded
    assert [record.summary for record in result.records] == ["reset global id", "reset content id"]
    assert [record.remark for record in result.records] == [
        "globalId moved from 2 to 3",
        "contentId moved from 2 to 3",
    ]
    assert {record.description for record in result.checks} == {
        "The next upload draws global id 4, which nothing uses: it succeeds.",
        "The next upload draws content id 4, which nothing uses: it succeeds.",
        "J02 is not found any more.",
        "J03 is not found any more.",
    }
    with Path(result.dump.file).open("rb") as saved:
        assert len(list(DumpReader(saved))) == result.dump.records == before
    assert codes().isdisjoint({"J02", "J03"})
    assert upload("User4").json()["contentId"] == 4
    later = LedgerRow.objects.filter(offset__gt=result.records[-1].offset)
    assert not later.filter(remark__contains="id-in-use").exists()
    page = Client().get(response.url)
    assert "Done, and it helped." in page.content.decode()


def test_an_import_of_an_empty_export_writes_the_same_two_records(damaged: str) -> None:
    last = LedgerRow.objects.order_by("-id").first()
    assert last is not None
    response = Client().post(IMPORT, EMPTY, content_type="application/zip")
    assert (response.status_code, response.content) == (204, b"")
    rows = LedgerRow.objects.filter(id__gt=last.id).order_by("id")
    assert [(row.type, row.action) for row in rows] == [
        (MessageType.GLOBAL_ID, Action.RESET),
        (MessageType.CONTENT_ID, Action.RESET),
    ]
    until(lambda: codes().isdisjoint({"J02", "J03"}))
    assert upload("User4").json()["contentId"] == 4


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b" ", "application/zip", 400),
        (EMPTY[:-9], "application/zip", 400),
        (b"PK\x03\x04 and no more", "application/zip", 400),
        (EMPTY, "application/json", 415),
    ],
    ids=["blank", "cut", "no zip", "other type"],
)
@pytest.mark.usefixtures("node")
def test_a_body_that_is_no_export_is_rejected(body: bytes, kind: str, status: int) -> None:
    response = Client().post(IMPORT, body, content_type=kind)
    assert response.status_code == response.json()["error_code"] == status
    assert not LedgerRow.objects.exists()


@pytest.mark.usefixtures("node")
def test_an_import_needs_a_post() -> None:
    assert Client().get(IMPORT).status_code == 405


def test_no_record_is_written_without_the_name_of_the_topic(damaged: str) -> None:
    before = LedgerRow.objects.count()
    response = post_confirmed(RESET, "another")
    assert response.status_code == 409
    assert f"The topic is called {damaged}, not another." in response.content.decode()
    assert LedgerRow.objects.count() == before
    assert not settings.ANNALS_HOME.dumps.exists()


def test_a_plan_that_changed_after_its_preview_is_previewed_again(damaged: str) -> None:
    client = Client()
    path = "/ui/health/mend/move?sequence=contentId&to=6"
    preview = client.get(path)
    form = {name: hidden_field(preview, name) for name in ("seed", "fingerprint")}
    assert upload("User4").status_code == 200
    before = LedgerRow.objects.count()
    response = client.post(path, {**form, "topic": damaged})
    assert response.status_code == 409
    assert "The journal has changed since" in response.content.decode()
    assert LedgerRow.objects.count() == before
    form = {name: hidden_field(response, name) for name in ("seed", "fingerprint")}
    assert result_of(client.post(path, {**form, "topic": damaged})).succeeded


def test_the_previewed_records_are_written_byte_for_byte(damaged: str) -> None:
    plan = plan_reset([DEFAULT_TENANT], publisher().current_dialect(), "a seed")
    again = plan_reset([DEFAULT_TENANT], publisher().current_dialect(), "a seed")
    assert plan.fingerprint == again.fingerprint
    result = execute(journal(), plan, damaged)
    call("dump", "--output", settings.ANNALS_HOME.path / "after.jsonl", "--topic", damaged)
    with (settings.ANNALS_HOME.path / "after.jsonl").open("rb") as lines:
        after = {record.offset: record for record in DumpReader(lines)}
    for planned, written in zip(plan.records, result.records, strict=True):
        assert (after[written.offset].key, after[written.offset].value) == (
            planned.key,
            planned.value,
        )


def test_ids_are_allocated_up_to_a_number(damaged: str) -> None:
    plan = plan_advance(
        sequence_state("_", SequenceName.CONTENT_ID), 7, publisher().current_dialect(), "s"
    )
    assert len(plan.records) == 5
    assert any("A reset takes one record" in warning for warning in plan.warnings)
    result = execute(journal(), plan, damaged)
    assert value_and_highest(SequenceName.CONTENT_ID) == (7, 3)
    assert [record.summary for record in result.records] == ["draw a content id"] * 5
    # The global id is behind as before, so this alone resolves no finding.
    assert [record.description for record in result.checks] == [
        "The content id sequence stands at 7; 7 was asked for.",
        "The next upload draws content id 8, which nothing uses: it succeeds.",
    ]
    assert execute(
        journal(),
        plan_advance(
            sequence_state("_", SequenceName.GLOBAL_ID), 3, publisher().current_dialect(), "s"
        ),
        damaged,
    ).checks[2:] == (
        CheckResult("J02 is not found any more.", True),
        CheckResult("J03 is not found any more.", True),
    )


def test_an_advance_is_bounded_and_never_goes_back(damaged: str) -> None:
    def refused(to: int) -> str:
        sequence = sequence_state("_", SequenceName.CONTENT_ID)
        with pytest.raises(RepairImpossible) as error:
            plan_advance(sequence, to, Dialect.V2_1_4, "s")
        return str(error.value)

    assert refused(2) == ("The content id sequence stands at 2 already; no record moves it back.")
    assert "at most 10,000 are said at once" in refused(3 + MAX_ALLOCATIONS)
    assert "A reset takes one record and moves it to 3" in refused(3 + MAX_ALLOCATIONS)
    assert refused(-1) == "-1 is no id."
    assert refused(2**63) == f"{2**63} is no id."


@pytest.mark.parametrize("dialect", list(Dialect))
def test_each_dialect_spells_a_reset_with_its_nonce(
    dialect: Dialect, kafka: str, topic: str, sqlite_database: str, settings: Settings
) -> None:
    settings.JOURNAL_FORMAT_VERSION = dialect.value
    load_journal(kafka, topic, "bug-after")
    with node_running(kafka, topic):
        plan = plan_reset(tenants_to_reset(), publisher().current_dialect(), "s")
        for planned in plan.records:
            spelled = b'"RESET"' if dialect is Dialect.V2_1_0 else b"6"
            assert planned.value[1:] == b'{"action":' + spelled + b"}"
            message = decode(planned.key, planned.value)
            assert re.fullmatch(r"[0-9a-f-]{36}", str(getattr(message.key, "uuid", "")))
        is_shared = any("2.1.3" in warning for warning in plan.warnings)
        assert is_shared == (dialect is Dialect.V2_1_0)
        assert execute(journal(), plan, topic).succeeded


def test_comment_ids_are_advanced_where_the_dialect_has_them(
    kafka: str, topic: str, sqlite_database: str
) -> None:
    load_journal(kafka, topic, "2.6.13")
    with node_running(kafka, topic):
        sequence = sequence_state("_", SequenceName.COMMENT_ID)
        with pytest.raises(RepairImpossible, match=r"2\.1\.4 has no comment ids"):
            plan_advance(sequence, sequence.value + 1, Dialect.V2_1_4, "s")
        assert execute(
            journal(), plan_advance(sequence, sequence.value + 2, Dialect.V2_6, "s"), topic
        ).succeeded
        assert value_and_highest(SequenceName.COMMENT_ID)[0] == sequence.value + 2


def test_another_tenants_sequences_are_reset_as_well(
    kafka: str, topic: str, sqlite_database: str
) -> None:
    load_messages(kafka, topic, [use_content(5), *use(9, "acme")])
    with node_running(kafka, topic):
        until(lambda: "J03" in codes())
        assert tenants_to_reset() == ["_", "acme"]
        page = Client().get(RESET).content.decode()
        assert "Tenant acme&#x27;s content id sequence moves from 0 to 9" in page
        assert result_of(post_confirmed(RESET, topic)).succeeded
        assert value_and_highest(SequenceName.GLOBAL_ID, "acme") == (9, 9)
        assert value_and_highest(SequenceName.CONTENT_ID) == (5, 5)


class TestCommand:
    def test_a_dry_run_shows_the_records_and_writes_none(self, damaged: str) -> None:
        before = LedgerRow.objects.count()
        out = call("repair", "sequences", "--dry-run")
        assert "Reset the sequences: 2 records" in out
        assert '\\x08{"tenantId":"_","uuid":"' in out
        assert LedgerRow.objects.count() == before

    def test_yes_needs_the_topics_name(self, damaged: str) -> None:
        with pytest.raises(CommandError, match="--yes needs --topic"):
            call("repair", "sequences", "--yes")
        with pytest.raises(CommandError, match=f"The topic is called {damaged}, not other"):
            call("repair", "sequences", "--yes", "--topic", "other")
        assert codes() >= {"J02", "J03"}

    def test_a_reset_is_written_and_verified(self, damaged: str) -> None:
        out = call("repair", "sequences", "--yes", "--topic", damaged)
        assert "reset content id, applied: contentId moved from 2 to 3" in out
        assert "yes The next upload draws content id 4, which nothing uses: it succeeds." in out
        assert "yes J03 is not found any more." in out


def test_a_repair_that_did_not_help_fails(kafka: str, topic: str, sqlite_database: str) -> None:
    load_messages(kafka, topic, [use_content(9)])
    with node_running(kafka, topic), pytest.raises(CommandError, match="not all of it helped"):
        call("repair", "advance", "content", "5", "--yes", "--topic", topic)


def test_the_wrong_name_is_not_confirmed(damaged: str) -> None:
    with pytest.raises(ConfirmationFailed, match="not nothing"):
        execute(journal(), plan_reset(["_"], publisher().current_dialect(), "s"), "")


def test_a_finding_links_to_the_page_that_resolves_it(damaged: str) -> None:
    page = Client().get("/ui/health").content.decode()
    assert f'href="{RESET}"' in page
    findings = json.loads(Client().get("/apis/annals/v1/findings").content)["findings"]
    assert {finding["code"]: finding["mend"] for finding in findings}["J03"] == "reset"


@pytest.mark.usefixtures("node")
def test_an_advance_is_described_by_its_address() -> None:
    path = "/ui/health/mend/move"
    assert "Show the records" in Client().get(path).content.decode()
    assert Client().get(f"{path}?sequence=other").status_code == 404
    assert Client().get(f"{path}?to=many").status_code == 400
    assert Client().get(f"{path}?to=99999").status_code == 409
    assert Client().get(f"{path[:-4]}6875bbc9-92fe-4572-accc-7dab2bdcd84e").status_code == 404
