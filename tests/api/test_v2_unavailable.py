"""What a writer is told when no outcome comes: 503, and what to look for afterwards."""

import re

import pytest
from django.conf import settings

from journal.ledger import rows
from journal.models import Outcome, WorkerStatus
from journal.publish import readiness
from tests.nodes import node_running, worker_running
from tests.own_node import Client

ARTIFACTS = "/apis/registry/v2/groups/shop/artifacts"
CONTENT = '{"type":"record","name":"Order","fields":[]}'


def test_a_write_without_an_outcome_is_503_with_the_request_id_that_the_ledger_knows_later(
    kafka: str, topic: str, sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with node_running(kafka, topic):
        first = Client().post(ARTIFACTS, CONTENT, content_type="application/json")
        assert first.status_code == 200
    monkeypatch.setattr(settings, "JOURNAL_RESPONSE_TIMEOUT", 2)
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", topic)
    answer = Client().post(ARTIFACTS, CONTENT, content_type="application/json")

    assert answer.status_code == 503
    body = answer.json()
    assert (body["error_code"], body["name"]) == (503, "NoOutcomeException")
    req = re.search(r"request id ([0-9a-f-]{36})", body["message"])
    assert req is not None
    with worker_running(topic):
        row = rows.find_by_request_id(req.group(1))
        assert row is not None
        assert row.outcome == Outcome.APPLIED


def test_a_write_before_the_journal_was_replayed_is_503_and_publishes_nothing(
    kafka: str, topic: str, sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {"bootstrap.servers": kafka})
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", topic)

    answer = Client().post(ARTIFACTS, CONTENT, content_type="application/json")

    assert answer.status_code == 503
    assert "still replaying" in answer.json()["message"]
    with worker_running(topic):
        assert rows.last_ledger_id() == 0


def test_a_write_waits_for_a_worker_that_was_started_again(
    node: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "_MAX_AGE", 0.0)
    first = Client().post(ARTIFACTS, CONTENT, content_type="application/json")
    assert first.status_code == 200
    # As a new worker's first word has it; the next one comes within a second.
    WorkerStatus.objects.using("journal").update(is_caught_up=False)

    answer = Client().post(ARTIFACTS, CONTENT, content_type="application/json")

    assert answer.status_code == 200, answer.content
