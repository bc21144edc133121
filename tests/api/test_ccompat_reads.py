"""Confluent's API: subjects and their versions, read from the default group."""

from itertools import count
from typing import Any

import pytest

from journal.models import ContentView
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentV2Key,
    ContentV2Value,
    Message,
    MetaData,
)
from registry import queries
from registry.references import Reference, content_hash, serialize_references
from tests.journals import DATA, apply_to_database, read_journal, record
from tests.own_node import Client

V6 = "/apis/ccompat/v6"
CC = f"{V6}/subjects/cc-value/versions"
JSON_SCHEMA = b'{"type":"object"}'
_offsets = count(1000)
SERIALIZED = serialize_references([Reference(None, "cc-value", "1", "Cc")])


@pytest.fixture
def tables(each_database: str) -> None:
    """The recorded journal with its subject `cc-value`."""
    apply_to_database(
        read_journal(DATA / "journals" / "2.6.13.jsonl")[:119], view=ContentView.LAST_WINS
    )


def say(*messages: Message) -> None:
    apply_to_database([record(each, next(_offsets)) for each in messages])


def made(
    artifact_id: str, kind: str, action: Action = Action.CREATE, global_id: int = 900
) -> tuple[Message, Message]:
    """A content with a reference, and an artifact in the default group, or a version, with it."""
    hashed = content_hash(JSON_SCHEMA, SERIALIZED)
    content = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, hashed, JSON_SCHEMA, SERIALIZED)
    artifact = ArtifactValue(
        action,
        meta_data=MetaData(),
        global_id=global_id,
        artifact_type=kind,
        content_hash=hashed,
        created_by="",
        created_on=1_900_000_000_000,
    )
    return (
        Message(ContentV2Key("_", 800), content),
        Message(ArtifactKey("_", None, artifact_id, "u"), artifact),
    )


def get(path: str) -> Any:
    return Client().get(path)


@pytest.mark.usefixtures("tables")
def test_the_latest_version_has_the_name_latest() -> None:
    assert get(f"{CC}/latest").json() == get(f"{CC}/1").json()


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{CC}/2", 404, 40402),
        (f"{V6}/subjects/nobody/versions/1", 404, 40401),
        (f"{V6}/subjects/nobody/versions/latest", 404, 40401),
        (f"{CC}/newest", 422, 42202),
        (f"{V6}/nowhere", 404, 404),
    ],
)
def test_a_missing_thing_has_confluent_s_code(path: str, status: int, code: int) -> None:
    answer = get(path)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


@pytest.mark.usefixtures("tables")
def test_a_schema_has_its_type_and_references_unless_it_is_plain_avro() -> None:
    say(*made("form", "JSON"))
    schema = get(f"{V6}/subjects/form/versions/1").json()
    assert schema == {
        "id": 800,
        "subject": "form",
        "version": 1,
        "schema": JSON_SCHEMA.decode(),
        "schemaType": "JSON",
        "references": [{"name": "Cc", "subject": "cc-value", "version": 1}],
    }
    assert get(f"{V6}/subjects").json()[-1] == "form"


@pytest.mark.usefixtures("tables")
def test_types_that_confluent_does_not_know_are_no_subjects() -> None:
    before = get(f"{V6}/subjects").json()
    say(*made("api", "OPENAPI"))
    assert get(f"{V6}/subjects").json() == before


@pytest.mark.usefixtures("tables")
def test_ids_are_global_ids_where_the_registry_is_set_so() -> None:
    content_id = get(f"{CC}/1").json()["id"]
    key = ConfigPropertyKey("_", queries.LEGACY_IDS)
    say(Message(key, ConfigPropertyValue(Action.UPDATE, "true")))
    meta = queries.version_meta(None, "cc-value", "1")
    assert (content_id, get(f"{CC}/1").json()["id"]) == (meta.content_id, meta.global_id)


@pytest.mark.usefixtures("tables")
def test_a_subject_with_disabled_versions_alone_is_left_out() -> None:
    """Where an older version is enabled the subject stays, though 2.6 leaves it out, too."""
    say(*made("cc-next", "JSON"))
    assert "cc-next" in get(f"{V6}/subjects").json()
    say(*made("cc-next", "JSON", Action.UPDATE, 901))
    say(disabled("cc-next", "2"))
    assert "cc-next" in get(f"{V6}/subjects").json()
    say(disabled("cc-next", "1"))
    assert "cc-next" not in get(f"{V6}/subjects").json()
    assert get(f"{V6}/subjects/cc-next/versions/latest").json()["error_code"] == 40401


def disabled(subject: str, version: str) -> Message:
    key = ArtifactVersionKey("_", None, subject, version)
    return Message(key, ArtifactVersionValue(Action.UPDATE, "DISABLED", MetaData()))
