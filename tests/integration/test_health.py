"""The doctor of a running node: what it keeps, tells and refuses."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from journal.health import node_health
from journal.health.findings import Finding
from journal.kafka.topics import TopicAdmin
from journal.wire.messages import Action, ContentV2Key, ContentV2Value, Message
from node.config.home import Home
from tests.journals import load_journal
from tests.nodes import node_running
from tests.own_node import Client, journal, publisher
from tests.waiting import holds, until

ARTIFACTS = "/apis/registry/v2/groups/default/artifacts"


@pytest.fixture(autouse=True)
def gate_that_looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_health, "_GATE_MAX_AGE_S", 0.0)


def codes() -> list[str]:
    return [finding.code for finding in journal().health.findings()]


def finding(code: str) -> Finding:
    return next(finding for finding in journal().health.findings() if finding.code == code)


def upload(name: str) -> Any:
    body = json.dumps({"type": "record", "name": name, "fields": []})
    return Client().post(
        ARTIFACTS, body, "application/json", headers={"X-Registry-ArtifactId": name}
    )


def use_content(content_id: int) -> Message:
    """Build a content under an id that was not allocated."""
    value = ContentV2Value(Action.CREATE_OR_UPDATE, f"{content_id:064}", "b" * 64, b"{}")
    return Message(ContentV2Key("_", content_id), value)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Settings) -> None:
    """Keep acknowledgments in a folder of the test."""
    settings.ANNALS_HOME = Home(tmp_path)


def test_the_incident_is_found_with_the_end_of_the_journal(
    kafka: str, topic: str, each_database: str
) -> None:
    before = time.time_ns() // 1_000_000
    load_journal(kafka, topic, "bug-after")
    with node_running(kafka, topic):
        until(lambda: {"J02", "J03"} <= set(codes()))
        since = finding("J03").since
    assert since is not None
    assert since.offset > 0
    assert before <= since.timestamp <= time.time_ns() / 1_000_000


def test_a_sequence_that_falls_behind_is_found(node_on_each: None) -> None:
    assert upload("a").status_code == 200
    assert "J03" not in codes()
    publisher().publish([use_content(5)])
    until(lambda: "J03" in codes())


def test_a_finding_keeps_its_beginning_until_it_is_gone(node: None) -> None:
    publisher().publish([use_content(2)])
    until(lambda: "J03" in codes())
    since = finding("J03").since
    # Allocates ids until the one in use is passed.
    assert upload("a").status_code == 200
    assert upload("b").status_code == 200
    until(lambda: "J03" not in codes())
    publisher().publish([use_content(20)])
    until(lambda: "J03" in codes())
    assert finding("J03").since != since


def test_a_restart_keeps_the_beginning(kafka: str, topic: str, sqlite_database: str) -> None:
    load_journal(kafka, topic, "bug-after")
    with node_running(kafka, topic):
        until(lambda: "J03" in codes())
        since = finding("J03").since
    with node_running(kafka, topic):
        assert holds(lambda: finding("J03").since == since)


class TestWriteGate:
    """A node that refuses writes while J03 lasts."""

    @pytest.fixture(autouse=True)
    def blocked(self, node: None, settings: Settings) -> None:
        settings.ANNALS_REFUSE_WRITES_ON = frozenset({"J03"})
        publisher().publish([use_content(5)])
        until(lambda: "J03" in codes())

    def test_an_upload_is_rejected_naming_the_finding(self) -> None:
        response = upload("a")
        assert response.status_code == 503
        body = response.json()
        assert body["name"] == "JournalUnwellException"
        assert "finding J03" in body["message"]
        assert "/ui/health#J03" in body["message"]
        assert Client().get(f"{ARTIFACTS}/a").status_code == 404

    def test_the_upload_page_warns_beforehand(self) -> None:
        page = Client().get("/ui/upload").content.decode()
        assert "Uploads are refused while" in page
        assert "/ui/health#J03" in page

    def test_an_acknowledged_finding_blocks_nothing(self) -> None:
        browser = Client()
        assert browser.get("/ui/health/acknowledge?code=J03").status_code == 200
        form = {"code": "J03", "reason": "No Java node is left."}
        assert browser.post("/ui/health/acknowledge", form).status_code == 302
        assert upload("a").status_code == 200
        assert "No Java node is left." in browser.get("/ui/health").content.decode()

        browser.post("/ui/health/acknowledge", {"code": "J03", "back": "1"})
        assert finding("J03").acknowledgment is None

    def test_an_acknowledgment_needs_a_reason(self) -> None:
        response = Client().post("/ui/health/acknowledge", {"code": "J03", "reason": " "})
        assert response.status_code == 400
        assert finding("J03").acknowledgment is None

    def test_a_damaged_file_acknowledges_nothing(self) -> None:
        settings.ANNALS_HOME.acknowledgments.write_text("{")
        assert upload("a").status_code == 503

    def test_the_error_page_names_finding_and_offset(self) -> None:
        form = {"text": '{"type":"record","name":"r","fields":[]}', "id": "a"}
        page = Client().post("/ui/upload", form)
        assert page.status_code == 503
        text = page.content.decode()
        assert "J03 since: offset" in text
        assert "/ui/health#J03" in text


def test_findings_are_reported_by_rest_readiness_and_metrics(
    kafka: str, topic: str, sqlite_database: str
) -> None:
    load_journal(kafka, topic, "bug-after")
    with node_running(kafka, topic):
        until(lambda: "J03" in codes())
        client = Client()
        findings = client.get("/apis/annals/v1/findings").json()["findings"]
        node = client.get("/apis/annals/v1/node").json()
        ready = client.get("/health/ready").json()
        metrics = client.get("/metrics").content.decode()
    by_code = {finding["code"]: finding for finding in findings}
    assert by_code["J03"]["severity"] == "error"
    assert by_code["J03"]["began"]["offset"] > 0
    assert {"code": "J03", "severity": "error"} in node["findings"]
    diagnosis = next(finding for finding in ready["checks"] if finding["name"] == "diagnosis")
    assert diagnosis["status"] == "UP"
    assert "J03 error: The sequences are behind" in diagnosis["warning"]
    samples = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
    }
    assert samples["annals_finding", "J03", "error", "false"] == 1
    assert samples["annals_applied_offset", "0"] > 0
    assert samples["annals_database_up",] == 1


def test_a_changed_topic_is_checked_again(kafka: str, topic: str, node: None) -> None:
    assert upload("a").status_code == 200
    assert "J01" not in codes()
    TopicAdmin({"bootstrap.servers": kafka}, topic).set_config({"cleanup.policy": "compact"})
    until(lambda: "J01" in codes())


class TestSettings:
    """A topic that compacts, and the page that changes it."""

    @pytest.fixture(autouse=True)
    def compacting(self, kafka: str, topic: str, sqlite_database: str) -> Iterator[None]:
        TopicAdmin({"bootstrap.servers": kafka}, topic).set_config({"cleanup.policy": "compact"})
        load_journal(kafka, topic, "bug-before")
        with node_running(kafka, topic):
            until(lambda: "J01" in codes())
            yield

    def test_the_page_shows_before_and_after_and_asks_for_the_name(self, topic: str) -> None:
        page = Client().get("/ui/health/mend/settings").content.decode()
        assert "compact" in page
        response = Client().post(
            "/ui/health/mend/settings", {"topic": "other", "shown": "cleanup.policy=delete"}
        )
        assert response.status_code == 409
        assert "Nothing was changed" in response.content.decode()

    def test_settings_that_changed_meanwhile_are_shown_again(self, topic: str) -> None:
        response = Client().post("/ui/health/mend/settings", {"topic": topic, "shown": "x=y"})
        assert response.status_code == 409
        assert "look at them again" in response.content.decode()

    def test_the_finding_goes_once_the_settings_are_changed(self, topic: str) -> None:
        form = {"topic": topic, "shown": "cleanup.policy=delete"}
        response = Client().post("/ui/health/mend/settings", form)
        assert "cleanup.policy is delete now" in response.content.decode()
        until(lambda: "J01" not in codes())
        assert "every setting" in Client().get("/ui/health/mend/settings").content.decode()
