"""The incident, reproduced on a scratch topic with a real cleaner."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from confluent_kafka.admin import AdminClient
from pytest_django import DjangoDbBlocker, Settings

from journal.database.scratch import scratch_database
from journal.health.checks.sequences import JAVA_MESSAGE
from journal.kafka.records import Record
from journal.projection.decoding import decode_record
from journal.reproducer.legacy_node import LegacyNode, ScratchJournal
from journal.reproducer.steps import Step, reproduce_incident
from journal.wire.messages import ArtifactKey, ContentValue
from tests.acceptance.faults import commands_reach
from tests.acceptance.test_topic_faults import clean_at_once
from tests.journals import DATA, read_journal
from tests.own_node import Client
from tests.tools import call
from tests.waiting import DEADLINE, until


@pytest.fixture(autouse=True)
def admin(kafka: str, django_db_blocker: DjangoDbBlocker) -> Iterator[AdminClient]:
    client = AdminClient({"bootstrap.servers": kafka})
    clean_at_once(client)
    with django_db_blocker.unblock():
        yield client


def run(kafka: str, topic: str, has_nonce: bool) -> list[Step]:
    return list(reproduce_incident({"bootstrap.servers": kafka}, topic, has_nonce))


def test_the_fourth_schema_fails_as_it_did(kafka: str, topic: str, admin: AdminClient) -> None:
    steps = run(kafka, topic, has_nonce=False)
    assert [step.title for step in steps][-4:] == [
        "Three schemas, by a node that writes as 2.1.3 did",
        "Compaction",
        "A rebuild",
        "A fourth schema",
    ]
    compaction, rebuild, fourth = steps[-3:]
    removed = [row.summary for row in compaction.records if row.is_gone]
    assert removed == ["bootstrap of a node", "draw a content id", "draw a global id"]
    assert "content id sequence stands at 2, its global id sequence at 2" in rebuild.lines[-1]
    assert fourth.is_failure
    assert JAVA_MESSAGE in fourth.lines[-1]
    assert "content id 3, which User3 has already" in fourth.lines[0]
    assert not [
        name for name in admin.list_topics(timeout=DEADLINE).topics if name.startswith(topic + "-")
    ]


def test_with_a_nonce_the_fourth_schema_is_stored(kafka: str, topic: str) -> None:
    compaction, rebuild, fourth = run(kafka, topic, has_nonce=True)[-3:]
    assert [row.summary for row in compaction.records if row.is_gone] == ["bootstrap of a node"]
    assert "sequence stands at 3, its global id sequence at 3" in rebuild.lines[-1]
    assert not fourth.is_failure
    assert fourth.lines[0] == "User4 got content id 4 and global id 4."


def without_random_parts(record: Record) -> tuple[bytes, bytes]:
    """Key and value without the nonce of an artifact record and its time."""
    key = re.sub(rb'"uuid":"[^"]+"', b'"uuid":""', record.key or b"")
    return key, re.sub(rb'"createdOn":\d+', b'"createdOn":0', record.value or b"")


def test_the_scratch_node_writes_the_records_of_a_real_node(kafka: str, topic: str) -> None:
    real = read_journal(DATA / "journals" / "bug-before.jsonl")[1:]
    contents = [decode_record(record).message for record in real[1::4]]
    artifacts = [decode_record(record).message for record in real[3::4]]
    with scratch_database() as scratch:
        journal = ScratchJournal({"bootstrap.servers": kafka}, topic, scratch.settings)
        with closing(LegacyNode(journal, has_nonce=False)) as node:
            for content, artifact in zip(contents, artifacts, strict=True):
                assert content is not None
                assert artifact is not None
                assert isinstance(content.value, ContentValue)
                assert isinstance(artifact.key, ArtifactKey)
                node.upload(str(artifact.key.artifact_id), content.value.content or b"")
            records = [decoded.record for decoded, _ in node.applied]
    assert [without_random_parts(record) for record in records] == [
        without_random_parts(record) for record in real
    ]


def test_the_command_shows_every_step(kafka: str, topic: str) -> None:
    with commands_reach(kafka):
        output = call("demo", "--keys", "alike")
    assert "Re-enactment with the keys of 2.1.3" in output
    assert "gone    1  draw a content id" in output
    assert JAVA_MESSAGE in output


def test_the_page_shows_step_by_step(
    kafka: str, topic: str, settings: Settings, sqlite_database: str
) -> None:
    settings.KAFKA_PROPERTIES = {"bootstrap.servers": kafka}
    settings.JOURNAL_TOPIC = topic
    browser = Client()
    assert 'data-testid="play-alike"' in browser.get("/ui/health/reenactment").content.decode()
    assert browser.post("/ui/health/reenactment", {"keys": "alike"}).status_code == 302
    assert 'http-equiv="refresh"' in browser.get("/ui/health/reenactment").content.decode()
    until(lambda: "stage-over" in browser.get("/ui/health/reenactment").content.decode())
    page = browser.get("/ui/health/reenactment").content.decode()
    assert "A fourth schema" in page
    assert "<del>draw a content id</del>" in page
