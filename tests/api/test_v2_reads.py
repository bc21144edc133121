"""Reads that no recorded call shows: what is missing, other orders, other kinds of references."""

import json
from itertools import count
from typing import Any

import pytest

from api.v2 import content_bodies
from api.v2.content_bodies import SubmittedContent, canonical_hashes
from journal.models import ContentView
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactValue,
    ArtifactVersionKey,
    ArtifactVersionValue,
    ConfigPropertyKey,
    ConfigPropertyValue,
    ContentV2Key,
    ContentV2Value,
    LogConfigKey,
    LogConfigValue,
    Message,
    MetaData,
)
from registry import queries
from registry.references import Reference, content_hash, serialize_references
from tests.journals import DATA, apply_to_database, read_journal, record
from tests.own_node import Client

V2 = "/apis/registry/v2"
PERSON = f"{V2}/groups/refs/artifacts/person/versions"
#: Below this offset of the recorded journal: references, comments, an owner, roles, groups.
FULL = 107
_offsets = count(1000)


@pytest.fixture
def tables(each_database: str) -> None:
    apply_to_database(
        read_journal(DATA / "journals" / "2.6.13.jsonl")[:FULL], view=ContentView.LAST_WINS
    )


def get(path: str) -> Any:
    return Client().get(path if path.startswith("/apis") else f"{V2}/{path}")


def say(*messages: Message) -> None:
    apply_to_database([record(each, next(_offsets)) for each in messages])


SERIALIZED = serialize_references([Reference("refs", "addr", "1", "foo.Addr")])


def later_version(
    group_id: str,
    artifact_id: str,
    number: int,
    content: bytes = b"{}",
    serialized: str | None = None,
) -> tuple[Message, Message]:
    """A further version, with a content of this number as its id."""
    hashed = content_hash(content, serialized)
    value = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, "none", content, serialized)
    artifact = ArtifactValue(
        Action.UPDATE,
        meta_data=MetaData(),
        global_id=number,
        artifact_type="AVRO",
        content_hash=hashed,
        created_by="",
        created_on=1_900_000_000_000,
    )
    key = ArtifactKey("_", group_id, artifact_id, f"u{number}")
    return Message(ContentV2Key("_", number), value), Message(key, artifact)


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


def post(path: str, body: str, media_type: str = "application/json") -> Any:
    return Client().post(f"{V2}/{path}", body, media_type)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("version", ["1", "2"])
def test_the_plain_content_of_a_version_with_references_is_found(version: str) -> None:
    content = get(f"{PERSON}/{version}").content.decode()
    spread = json.dumps(json.loads(content), indent=3)
    look_up = "groups/refs/artifacts/person/meta"
    assert post(look_up, content).json()["version"] == version
    assert post(f"{look_up}?canonical=true", spread).json()["version"] == version
    assert post(look_up, spread).status_code == 404

    is_latest = version == "2"
    search = "search/artifacts?"
    by_form = f"{search}canonical=true&artifactType=AVRO"
    for answer in (post(search, content), post(by_form, spread), post(by_form, content)):
        found = [each["id"] for each in answer.json()["artifacts"]]
        assert found == (["person"] if is_latest else [])
    assert post(search, spread).json()["count"] == 0
    assert post("search/artifacts?canonical=true&artifactType=JSON", spread).json()["count"] == 0


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("limit", ["_MAX_CANONICALIZED", "_MAX_CANONICALIZED_BYTES"])
def test_a_search_by_form_makes_no_more_forms_than_its_limits_allow(
    limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form without references is the first, and is always made."""
    content = get(f"{PERSON}/2").content
    submitted = SubmittedContent(content, (), "application/json", None)
    forms = list(canonical_hashes("AVRO", submitted))
    assert len(forms) == 2
    monkeypatch.setattr(content_bodies, limit, 0)
    assert list(canonical_hashes("AVRO", submitted)) == forms[:1]


@pytest.mark.usefixtures("tables")
def test_a_content_with_other_references_is_another_one() -> None:
    content = get(f"{PERSON}/2").content.decode()
    addr = {"groupId": "refs", "artifactId": "addr", "version": "1", "name": "foo.Addr"}
    for reference, found in ((addr, 1), (addr | {"version": "2"}, 0)):
        body = json.dumps({"content": content, "references": [reference]})
        for query in ("", "?canonical=true&artifactType=AVRO"):
            answer = post(f"search/artifacts{query}", body, "application/get.extended+json")
            assert answer.json()["count"] == found, (reference, query)


@pytest.mark.usefixtures("tables")
def test_a_look_up_by_plain_content_prefers_the_version_without_references() -> None:
    """A Java node finds that one alone."""
    content = queries.content_of_version("refs", "person", "1").content
    say(*later_version("refs", "person", 800, content), *later_version("refs", "person", 801))
    assert post("groups/refs/artifacts/person/meta", content.decode()).json()["version"] == "3"
    say(*later_version("refs", "person", 802, content, SERIALIZED))
    assert post("groups/refs/artifacts/person/meta", content.decode()).json()["version"] == "3"


@pytest.mark.usefixtures("tables")
def test_an_artifact_whose_versions_are_all_disabled_is_not_found() -> None:
    """Its owner is not shown either; the versions are listed, as on a Java node."""
    path = "groups/g2/artifacts/named"
    assert get(f"{path}/owner").json() == {"owner": ""}
    key = ArtifactVersionKey("_", "g2", "named", "1")
    say(Message(key, ArtifactVersionValue(Action.UPDATE, "DISABLED", MetaData())))
    for each in (path, f"{path}/meta", f"{path}/owner"):
        assert get(each).status_code == 404
        assert get(each).json()["name"] == "ArtifactNotFoundException"
    assert get(f"{path}/versions").json()["count"] == 1
    # The owner guards the artifact all the same.
    say(Message(ArtifactOwnerKey("_", "g2", "named"), ArtifactOwnerValue(Action.UPDATE, "anna")))
    assert queries.artifact_owner("g2", "named") == "anna"
