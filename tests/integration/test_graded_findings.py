"""Findings that endanger a write: they warn, block if configured, and can be acknowledged."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from pytest_django import Settings

from journal.health import node_health
from journal.kafka.topics import TopicAdmin
from node.config.home import Home
from tests.journals import load_journal
from tests.nodes import node_running
from tests.own_node import Client, journal
from tests.waiting import DEADLINE, until

ARTIFACTS = "/apis/registry/v2/groups/default/artifacts"
#: As a node of 3.x says it: both parts are JSON, and a header names the type.
OF_3_X = (
    b'{"messageType":"CreateArtifact10Message","uuid":"2c2c70e0-8f1c-44ad-9e3e-52f3a5a4f4f6"}',
    b'{"groupId":"default","artifactId":"order","dryRun":false}',
)


@pytest.fixture(autouse=True)
def gate_that_looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_health, "_GATE_MAX_AGE_S", 0.0)


def compacted_with_old_writers(kafka: str, topic: str) -> None:
    load_journal(kafka, topic, "bug-after")
    TopicAdmin({"bootstrap.servers": kafka}, topic).set_config({"cleanup.policy": "compact"})


def without_its_oldest_records(kafka: str, topic: str) -> None:
    load_journal(kafka, topic, "2.6.13")
    admin, gone = AdminClient({"bootstrap.servers": kafka}), TopicPartition(topic, 0, 20)
    admin.delete_records([gone])[gone].result(DEADLINE)


def with_records_of_3_x(kafka: str, topic: str) -> None:
    load_journal(kafka, topic, "2.6.13")
    producer = Producer({"bootstrap.servers": kafka})
    headers: Any = [("mt", b"CreateArtifact10Message"), ("req", str(uuid4()).encode())]
    producer.produce(topic, key=OF_3_X[0], value=OF_3_X[1], headers=headers)
    assert producer.flush(DEADLINE) == 0


CAUSES = {
    "J01": compacted_with_old_writers,
    "J08": without_its_oldest_records,
    "J12": with_records_of_3_x,
}


@pytest.fixture(params=[*CAUSES])
def code(
    request: pytest.FixtureRequest,
    kafka: str,
    topic: str,
    sqlite_database: str,
    tmp_path: Path,
    settings: Settings,
) -> Iterator[str]:
    """Of the finding that a running node has."""
    settings.ANNALS_HOME = Home(tmp_path)
    CAUSES[request.param](kafka, topic)
    with node_running(kafka, topic):
        until(lambda: request.param in {finding.code for finding in journal().health.findings()})
        yield request.param


def upload() -> Any:
    body = json.dumps({"type": "record", "name": "x", "fields": []})
    headers = {"X-Registry-ArtifactId": f"x-{uuid4()}"}
    return Client().post(ARTIFACTS, body, "application/json", headers=headers)


def by_page() -> Any:
    return Client().post("/ui/upload", {"text": '{"type": "string"}', "type": "AVRO"})


def test_a_finding_warns_blocks_if_configured_and_can_be_acknowledged(
    code: str, settings: Settings
) -> None:
    assert upload().status_code == 200
    assert "Uploads are refused" not in Client().get("/ui/upload").content.decode()
    assert code in Client().get("/ui/health").content.decode()

    settings.ANNALS_REFUSE_WRITES_ON = frozenset({code})
    response = upload()
    assert response.status_code == 503
    body = response.json()
    assert set(body) >= {"error_code", "message", "detail", "name"}
    assert (body["error_code"], body["name"]) == (503, "JournalUnwellException")
    assert f"finding {code}" in body["message"]
    notice = Client().get("/ui/upload").content.decode()
    assert "Uploads are refused while" in notice
    assert f"/ui/health#{code}" in notice
    error = by_page()
    page = error.content.decode()
    assert error.status_code == 503
    assert f"{code} since: offset " in page
    assert f'href="/ui/health#{code}"' in page

    browser = Client()
    answered = {"code": code, "reason": "The old nodes are stopped."}
    assert browser.post("/ui/health/acknowledge", answered).status_code == 302
    assert upload().status_code == 200
    assert "The old nodes are stopped." in browser.get("/ui/health").content.decode()
    assert browser.post("/ui/health/acknowledge", {"code": code, "back": "1"}).status_code == 302
    assert upload().status_code == 503
