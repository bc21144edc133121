"""A content that the topic, or this client, has no room for: 413, nothing applied, no waiting."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic
from django.conf import settings

from registry import queries
from tests.nodes import node_running
from tests.own_node import Client
from tests.waiting import DEADLINE

G1 = "/apis/registry/v2/groups/g1/artifacts"


@pytest.fixture
def small_topic(kafka: str, sqlite_database: str) -> Iterator[None]:
    name = f"small-{uuid4()}"
    new = NewTopic(name, 1, 1, config={"max.message.bytes": "20000"})
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([new])[name].result(timeout=DEADLINE)
    with node_running(kafka, name):
        yield


def create(size: int) -> tuple[int, str]:
    answer = Client().post(
        G1,
        b'{"type":"string","doc":"' + b"x" * size + b'"}',
        content_type="application/json",
        headers={"X-Registry-ArtifactId": "orders"},
    )
    return answer.status_code, answer.json().get("name", "")


@pytest.mark.usefixtures("small_topic")
def test_a_record_that_the_topic_does_not_take_is_answered_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An answer that waited for an outcome would end this test, see pyproject.toml.
    monkeypatch.setattr(settings, "JOURNAL_RESPONSE_TIMEOUT", 3600)
    assert create(30_000) == (413, "RecordTooLargeException")
    assert not queries.artifact_exists("g1", "orders")
    assert create(100)[0] == 200


@pytest.mark.usefixtures("node")
def test_a_record_that_the_client_does_not_send_is_answered_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "ANNALS_LIMIT_CONTENT_BYTES", 64 * 1024 * 1024)
    monkeypatch.setattr(settings, "DATA_UPLOAD_MAX_MEMORY_SIZE", 64 * 1024 * 1024)
    assert create(33 * 1024 * 1024) == (413, "RecordTooLargeException")
    assert not queries.artifact_exists("g1", "orders")
