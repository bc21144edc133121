"""From a version to its records on the journal, and from a record to the versions it made."""

import json
from typing import Any

import pytest

from journal.ledger.history import VersionProvenance, version_provenance
from registry import queries
from tests.own_node import Client

ARTIFACTS = "/apis/registry/v2/groups/shop/artifacts"

pytestmark = pytest.mark.usefixtures("node_on_each")


def upload(name: str, field: str = "") -> Any:
    fields = [{"name": field, "type": "string"}] if field else []
    body = json.dumps({"type": "record", "name": "r", "fields": fields})
    headers = {"X-Registry-ArtifactId": name, "X-Registry-ArtifactType": "AVRO"}
    made = Client().post(f"{ARTIFACTS}?ifExists=UPDATE", body, "application/json", headers=headers)
    assert made.status_code == 200, made.content
    return made.json()


def blame_of(made: dict[str, Any]) -> VersionProvenance:
    ids = made["globalId"], made["contentId"]
    return version_provenance("shop", made["id"], made["version"], ids)


def test_a_version_leads_to_its_records() -> None:
    first, second = upload("a", "x"), upload("a", "y")
    found = blame_of(second)
    assert found.creation is not None
    assert found.content is not None
    assert found.creation.global_id == second["globalId"]
    assert found.content.content_id == second["contentId"]
    assert found.changes == ()
    assert blame_of(first).creation != found.creation


def test_changes_come_with_the_newest_first() -> None:
    made, other = upload("a", "x"), upload("a", "y")
    meta = f"{ARTIFACTS}/a/versions/{made['version']}/meta"
    for name in ("one", "two"):
        answer = Client().put(meta, json.dumps({"name": name}), "application/json")
        assert answer.status_code == 204, answer.content
    changes = blame_of(made).changes
    assert len(changes) == 2
    assert changes[0].offset > changes[1].offset
    assert blame_of(other).changes == ()


def test_a_content_that_was_stored_long_before_is_not_searched_for() -> None:
    upload("a", "x")
    for number in range(20):
        upload(f"other{number}", f"f{number}")
    again = upload("b", "x")
    assert blame_of(again).creation is not None
    assert blame_of(again).content is None


def test_the_pages_lead_from_one_to_the_other_and_back() -> None:
    made = upload("a", "x")
    found = blame_of(made)
    assert found.creation is not None
    version = Client().get(f"/ui/artifacts/shop/a/versions/{made['version']}").content.decode()
    record = f"/ui/journal/{found.creation.partition}/{found.creation.offset}"
    assert f'href="{record}"' in version
    assert "/ui/artifacts/shop/a/versions/1" in Client().get(record).content.decode()
    content = found.content
    assert content is not None
    page = Client().get(f"/ui/journal/{content.partition}/{content.offset}").content.decode()
    assert "/ui/artifacts/shop/a/versions/1" in page


def test_a_record_of_a_deleted_artifact_leads_nowhere() -> None:
    made = upload("a", "x")
    found = blame_of(made)
    assert found.creation is not None
    assert Client().delete(f"{ARTIFACTS}/a").status_code == 204
    page = Client().get(f"/ui/journal/{found.creation.partition}/{found.creation.offset}")
    assert page.status_code == 200
    assert "shown-by" not in page.content.decode()
    assert queries.versions_with_content(made["contentId"]) == ()
