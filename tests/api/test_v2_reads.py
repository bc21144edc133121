"""Reads that no recorded call shows: what is missing, other orders, other kinds of references."""

from typing import Any

import pytest

from journal.models import ContentView
from journal.wire.messages import (
    Action,
    ConfigPropertyKey,
    ConfigPropertyValue,
    LogConfigKey,
    LogConfigValue,
    Message,
)
from registry import queries
from tests.journals import DATA, apply_to_database, read_journal, record
from tests.own_node import Client

V2 = "/apis/registry/v2"
PERSON = f"{V2}/groups/refs/artifacts/person/versions"
#: Below this offset of the recorded journal: references, comments, an owner, roles, groups.
FULL = 107


@pytest.fixture
def tables(each_database: str) -> None:
    apply_to_database(
        read_journal(DATA / "journals" / "2.6.13.jsonl")[:FULL], view=ContentView.LAST_WINS
    )


def get(path: str) -> Any:
    return Client().get(path if path.startswith("/apis") else f"{V2}/{path}")


def say(*messages: Message) -> None:
    apply_to_database([record(each, 1000 + at) for at, each in enumerate(messages)])


MISSING = [
    ("groups/nope", "GroupNotFoundException"),
    ("groups/default", "GroupNotFoundException"),
    ("groups/g1/artifacts/nope/owner", "ArtifactNotFoundException"),
    ("groups/g1/artifacts/nope/rules", "ArtifactNotFoundException"),
    ("groups/g1/artifacts/nope/rules/VALIDITY", "ArtifactNotFoundException"),
    ("groups/g1/artifacts/order/rules/VALIDITY", "RuleNotFoundException"),
    ("groups/g1/artifacts/order/rules/TASTE", "NotFoundException"),
    ("groups/g1/artifacts/order/versions/9/comments", "VersionNotFoundException"),
    ("groups/g1/artifacts/order/versions/9/references", "VersionNotFoundException"),
    ("ids/globalIds/999/references", "ArtifactNotFoundException"),
    ("ids/contentIds/999/references", "ContentNotFoundException"),
    ("ids/contentHashes/none/references", "ContentNotFoundException"),
    ("admin/rules/COMPATIBILITY", "RuleNotFoundException"),
    ("admin/rules/TASTE", "NotFoundException"),
    ("admin/roleMappings/nobody", "RoleMappingNotFoundException"),
    ("admin/config/properties/no.such.property", "ConfigPropertyNotFoundException"),
]


@pytest.mark.usefixtures("tables")
def test_a_missing_thing_has_apicurio_s_error_name() -> None:
    answers = {path: get(path) for path, _ in MISSING}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(
        answers, 404
    )
    assert [(path, answer.json()["name"]) for path, answer in answers.items()] == MISSING


@pytest.mark.usefixtures("tables")
def test_an_artifact_without_rules_has_an_empty_list_of_them() -> None:
    assert get("groups/g1/artifacts/order/rules").json() == []
    assert get("groups/g1/artifacts/order/versions/1/comments").json() == []


@pytest.mark.usefixtures("tables")
def test_groups_are_paged_in_the_requested_order() -> None:
    newest_first = get("groups?orderby=createdOn&order=desc").json()["groups"]
    assert [each["id"] for each in newest_first] == ["refs", "g2", "g1"]
    page = get("groups?limit=1&offset=1").json()
    assert (page["count"], [each["id"] for each in page["groups"]]) == (3, ["g2"])


@pytest.mark.usefixtures("tables")
def test_a_group_made_with_its_first_artifact_was_never_modified() -> None:
    group = get("groups/g1").json()
    assert group["modifiedOn"] == "1970-01-01T00:00:00+0000"
    assert "description" not in group


@pytest.mark.usefixtures("tables")
def test_references_are_there_for_every_id_of_a_content() -> None:
    meta = queries.version_meta("refs", "person", "1")
    outbound = get(f"{PERSON}/1/references").json()
    assert [each["artifactId"] for each in outbound] == ["addr"]
    for path in (
        f"ids/globalIds/{meta.global_id}/references",
        f"ids/contentIds/{meta.content_id}/references",
        f"ids/contentHashes/{meta.content_hash}/references",
    ):
        assert get(path).json() == outbound

    addr = queries.version_meta("refs", "addr", "1")
    inbound = get(f"ids/globalIds/{addr.global_id}/references?refType=INBOUND").json()
    assert [(each["artifactId"], each["version"]) for each in inbound] == [
        ("person", "1"),
        ("person", "2"),
    ]
    assert get(f"{PERSON}/1/references?refType=INBOUND").json() == []
    assert get(f"{PERSON}/1/references?refType=SIDEWAYS").status_code == 400


@pytest.mark.usefixtures("tables")
def test_a_content_by_its_own_id_is_never_dereferenced() -> None:
    meta = queries.version_meta("refs", "person", "1")
    stored = queries.content_by_content_id(meta.content_id).content
    by_id = get(f"ids/contentIds/{meta.content_id}?dereference=true")
    assert (by_id.status_code, by_id.content) == (200, stored)
    by_global_id = get(f"ids/globalIds/{meta.global_id}?dereference=true")
    assert b'"street"' in by_global_id.content


@pytest.mark.usefixtures("tables")
def test_a_logger_has_the_level_of_the_nearest_one_above() -> None:
    say(
        Message(LogConfigKey("_"), LogConfigValue(Action.UPDATE, "org.acme", "WARN")),
        Message(LogConfigKey("_"), LogConfigValue(Action.UPDATE, "org", "DEBUG")),
    )
    levels = {
        name: get(f"admin/loggers/{name}").json()["level"]
        for name in ("org.acme", "org.acme.Test", "org.other", "com.acme")
    }
    assert levels == {
        "org.acme": "WARN",
        "org.acme.Test": "WARN",
        "org.other": "DEBUG",
        "com.acme": "INFO",
    }
    assert [each["name"] for each in get("admin/loggers").json()] == ["org", "org.acme"]


@pytest.mark.usefixtures("tables")
def test_a_property_that_was_never_set_has_this_node_s_default(settings: Any) -> None:
    path = f"admin/config/properties/{queries.DELETION_ENABLED}"
    assert get(path).json()["value"] == "false"
    settings.ANNALS_SWITCHES = {"registry.rest.artifact.deletion.enabled": True}
    assert get(path).json()["value"] == "true"
    key = ConfigPropertyKey("_", queries.DELETION_ENABLED)
    say(Message(key, ConfigPropertyValue(Action.UPDATE, "false")))
    assert get(path).json()["value"] == "false"
