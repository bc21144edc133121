"""What a Java node takes of its clients is taken here, and stored as the text that it stores.

Values of JSON are those that Jackson 2.17 makes of the same bytes; headers those of Apicurio 2.6.
"""

import hashlib
import json

import pytest

from api.json_bodies import load_json
from journal.commands.uploads import make_records
from journal.wire.dialects import Dialect
from registry import queries
from registry.admission.new_versions import NewVersion, propose
from registry.references import Reference
from tests.own_node import Client

V2 = "/apis/registry/v2"
CC = "/apis/ccompat/v7"
ARTIFACTS = f"{V2}/groups/g/artifacts"
EXTENDED = "application/create.extended+json"
AVRO = '{"type":"record","name":"R","fields":[]}'
STREET = '{"type":"record","name":"Street","fields":[]}'
ORDER = '{"type":"record","name":"Order","fields":[{"name":"a","type":"Street"}]}'
TO_STREET = (Reference("g", "street", "1", "Street"),)


@pytest.fixture(scope="module", autouse=True)
def node(shared_node: None) -> None:
    """One for the whole module."""


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"1", "1"),
        (b"1.0", "1.0"),
        (b"1.50", "1.50"),
        (b"1E+5", "1E+5"),
        (b"-0", "-0"),
        (b"123456789012345678901234567890", "123456789012345678901234567890"),
        (b"true", "true"),
        (b"false", "false"),
        (b'"1"', "1"),
        (b"null", None),
    ],
)
def test_a_number_or_a_boolean_is_the_text_that_it_is_written_as(
    written: bytes, text: str | None
) -> None:
    assert load_json(b'{"a": %s, "b": [[%s]]}' % (written, written)) == {"a": text, "b": [[text]]}


def test_a_byte_order_mark_before_a_body_is_ignored() -> None:
    assert load_json(b'\xef\xbb\xbf{"a": "b"}') == {"a": "b"}


def test_every_text_in_a_body_may_be_a_number_or_a_boolean() -> None:
    client = Client()
    posted = client.post(f"{V2}/groups", {"id": 7, "properties": {"a": 1}}, "application/json")
    assert (posted.json()["id"], posted.json()["properties"]) == ("7", {"a": "1"})
    street = {"X-Registry-ArtifactId": "street"}
    client.post(ARTIFACTS, STREET, "application/json", headers=street)
    reference = '{"groupId": "g", "artifactId": "street", "version": 1, "name": "Street"}'
    body = f'{{"content": {json.dumps(ORDER)}, "references": [{reference}]}}'
    order = {"X-Registry-ArtifactId": "order"}
    assert client.post(ARTIFACTS, body, EXTENDED, headers=order).status_code == 200
    assert queries.version_meta("g", "order").references == TO_STREET
    meta = '{"name": 1.50, "description": true, "labels": [2, false], "properties": {"a": 1e2}}'
    assert client.put(f"{ARTIFACTS}/order/meta", meta, "application/json").status_code == 204
    found = queries.version_meta("g", "order")
    assert (found.name, found.description) == ("1.50", "true")
    assert (found.labels, found.properties) == (("2", "false"), {"a": "1e2"})
    comments = f"{ARTIFACTS}/order/versions/1/comments"
    comment = client.post(comments, '{"value": 12}', "application/json")
    assert comment.json()["value"] == "12"
    assert client.put(f"{ARTIFACTS}/order/owner", '{"owner": 3}', "application/json").content == b""
    assert queries.artifact_owner("g", "order") == "3"
    switch = f"{V2}/admin/config/properties/{queries.DELETION_ENABLED}"
    assert client.put(switch, '{"value": true}', "application/json").status_code == 204
    assert client.get(switch).json()["value"] == "true"


@pytest.mark.parametrize("version", ["1", '"1"', "1.0", '" 1 "', '"01"'])
def test_a_version_over_confluents_api_may_be_a_text(version: str) -> None:
    client = Client()
    street = {"X-Registry-ArtifactId": "street"}
    path = f"{V2}/groups/default/artifacts"
    client.post(f"{path}?ifExists=RETURN", STREET, "application/json", headers=street)
    reference = f'{{"name": "Street", "subject": "street", "version": {version}}}'
    body = f'{{"schema": {json.dumps(ORDER)}, "schemaType": null, "references": [{reference}]}}'
    answer = client.post(f"{CC}/subjects/order/versions", body, "application/json")
    assert answer.status_code == 200, answer.content
    references = queries.version_meta(None, "order").references
    assert references == (Reference(None, "street", "1", "Street"),)
    assert queries.versions(None, "order").count == 1


@pytest.mark.parametrize("encoded", ["R3LDtsOfZQ==", "R3LDtsOfZQ=", "R3LDtsOfZQ"])
def test_base64_needs_no_padding(encoded: str) -> None:
    headers = {"X-Registry-Name-Encoded": encoded, "X-Registry-Description-Encoded": "fn4_Pw"}
    answer = Client().post(ARTIFACTS, AVRO, "application/json", headers=headers)
    assert (answer.json()["name"], answer.json()["description"]) == ("Größe", "~~??")


@pytest.mark.parametrize("encoded", ["R", "R3LDt*OfZQ", "R3LDts OfZQ", "=R3Lz", "/w"])
def test_what_is_no_base64_of_a_text_is_refused(encoded: str) -> None:
    headers = {"X-Registry-Name-Encoded": encoded}
    answer = Client().post(ARTIFACTS, AVRO, "application/json", headers=headers)
    assert answer.status_code == 400
    assert "base64" in answer.json()["message"]


@pytest.mark.parametrize(
    ("name", "description", "stored_meta"),
    [
        (None, None, ("Own", "Its own")),
        ("Given", None, ("Given", None)),
        (None, "Given", (None, "Given")),
        ("A", "B", ("A", "B")),
    ],
)
def test_nothing_is_taken_from_the_content_once_the_caller_gives_a_name_or_description(
    name: str | None, description: str | None, stored_meta: tuple[str | None, str | None]
) -> None:
    content = b'{"type":"object","title":"Own","description":"Its own"}'
    new = NewVersion(
        group_id="g",
        artifact_id="titled",
        content=content,
        type="JSON",
        name=name,
        description=description,
    )
    records = make_records(propose(new, is_new_artifact=True), Dialect.V2_6, created_by="")
    recorded = records.artifact.meta_data
    assert recorded is not None
    assert (recorded.name, recorded.description) == stored_meta


def test_a_new_version_of_an_artifact_whose_versions_are_disabled_is_taken() -> None:
    """A Java node answers 404; here a corrected version can follow those that were disabled."""
    client, path = Client(), f"{ARTIFACTS}/withdrawn"
    first = {"X-Registry-ArtifactId": "withdrawn"}
    client.post(ARTIFACTS, AVRO, "application/json", headers=first)
    client.put(f"{path}/state", '{"state": "DISABLED"}', "application/json")
    assert client.get(path).status_code == 404
    for query in ("ifExists=RETURN", "ifExists=RETURN&dryRun=true"):
        returned = client.post(f"{ARTIFACTS}?{query}", AVRO, "application/json", headers=first)
        assert returned.status_code == 404
    answer = client.post(f"{path}/versions", AVRO.replace("R", "S"), "application/json")
    assert (answer.status_code, answer.json()["version"]) == (200, "2")
    assert client.get(path).json()["name"] == "S"


def test_the_same_content_with_the_same_references_makes_no_new_version() -> None:
    client = Client()
    street = {"X-Registry-ArtifactId": "street-of-visit"}
    client.post(ARTIFACTS, STREET, "application/json", headers=street)
    reference = {"groupId": "g", "artifactId": "street-of-visit", "version": 1, "name": "Street"}
    # The hash that a client sends along is that of the content alone.
    digest = hashlib.sha256(ORDER.encode()).hexdigest()
    visit = {"X-Registry-ArtifactId": "visit", "X-Registry-Content-Hash": digest}

    def sent(references: list[dict[str, object]], query: str = "") -> object:
        body = json.dumps({"content": ORDER, "references": references})
        path = f"{ARTIFACTS}?ifExists=RETURN_OR_UPDATE{query}"
        return client.post(path, body, EXTENDED, headers=visit).json()["version"]

    assert sent([reference]) == "1"
    assert sent([reference | {"version": "1"}]) == "1"
    assert sent([reference], "&canonical=true") == "1"
    # With other references it means something else.
    assert sent([]) == "2"
