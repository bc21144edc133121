"""Bad input: each has its own 4xx in Apicurio's form, and nothing is published."""

import base64
import hashlib
import json
from typing import Any

import pytest

from journal.ledger.rows import last_ledger_id
from registry.queries import DOWNLOAD_TTL, LEGACY_IDS
from tests.journals import DATA, apply_to_database, read_journal
from tests.own_node import Client

V2 = "/apis/registry/v2"
G1 = f"{V2}/groups/g1/artifacts"
USER1 = f"{G1}/user1"
AVRO = '{"type":"record","name":"X","fields":[]}'
JSON = "application/json"
EXTENDED = "application/create.extended+json"
PROPERTIES = f"{V2}/admin/config/properties"


def registry_headers(**headers: str) -> dict[str, str]:
    """Return X-Registry-… headers, with an underscore for each further hyphen."""
    return {f"X-Registry-{name.replace('_', '-')}": value for name, value in headers.items()}


def bad(text: str) -> str:
    return json.dumps({"content": text})


def rule(rule_type: str, level: str) -> str:
    return json.dumps({"type": rule_type, "config": level})


def comment(text: str) -> str:
    return json.dumps({"value": text})


def mapping(principal_id: str, role: str) -> str:
    return json.dumps({"principalId": principal_id, "role": role})


ERRORS: list[tuple[str, str, Any, str, dict[str, str], int, str]] = [
    ("POST", G1, "", JSON, {}, 400, "Empty content"),
    ("POST", G1, "{}", JSON, registry_headers(ArtifactType="COBOL"), 400, "known: ASYNCAPI, AVRO"),
    ("POST", G1, b"\xff\xfe\x00", "text/plain", {}, 400, "Failed to discover"),
    ("POST", f"{G1}?ifExists=MAYBE", AVRO, JSON, {}, 400, "FAIL, UPDATE, RETURN"),
    ("POST", f"{G1}?canonical=perhaps", AVRO, JSON, {}, 400, "canonical is true or false"),
    ("POST", G1, AVRO, JSON, registry_headers(Name_Encoded="***"), 400, "base64"),
    ("POST", G1, AVRO, JSON, registry_headers(Name_Encoded="/w=="), 400, "base64"),
    ("POST", G1, AVRO, JSON, registry_headers(Name="a", Name_Encoded="YQ=="), 409, "both provided"),
    ("POST", G1, AVRO, JSON, registry_headers(Name="\xff"), 400, "not UTF-8"),
    ("POST", G1, AVRO, JSON, registry_headers(Content_Hash="00"), 400, "Hash doesn't match"),
    (
        "POST",
        G1,
        AVRO,
        JSON,
        registry_headers(Content_Hash="00", Hash_Algorithm="CRC"),
        400,
        "SHA256 or MD5",
    ),
    ("POST", G1, AVRO, JSON, registry_headers(ArtifactId="x" * 513), 400, "1 to 512"),
    ("POST", G1, AVRO, JSON, registry_headers(ArtifactId="a%b"), 400, "Character %"),
    ("POST", G1, AVRO, JSON, registry_headers(Version="v 1"), 400, "A version has"),
    ("POST", G1, AVRO, JSON, registry_headers(Version="v" * 257), 400, "1 to 256"),
    ("POST", f"{V2}/groups/{'g' * 513}/artifacts", AVRO, JSON, {}, 400, "1 to 512"),
    ("POST", G1, "{", EXTENDED, {}, 400, "not JSON"),
    ("POST", G1, "[]", EXTENDED, {}, 400, "a JSON object"),
    ("POST", G1, "{}", EXTENDED, {}, 400, "'content' must be a text"),
    ("POST", G1, '{"content":{}}', EXTENDED, {}, 400, "'content' must be a text"),
    ("POST", G1, bad(""), EXTENDED, {}, 400, "Empty content"),
    ("POST", G1, bad("http://x.example/a"), EXTENDED, {}, 400, "ANNALS_FETCH_HOSTS"),
    ("POST", G1, bad("file:///etc/passwd"), EXTENDED, {}, 400, "http and https are fetched"),
    ("POST", G1, bad("http://[::1/x"), EXTENDED, {}, 400, "is none"),
    ("POST", G1, '{"content":"{}","references":3}', EXTENDED, {}, 400, "must be a list"),
    ("POST", G1, '{"content":"{}","references":[{}]}', EXTENDED, {}, 400, "'artifactId'"),
    ("POST", f"{USER1}/versions", "", JSON, {}, 400, "Empty content"),
    ("POST", f"{G1}/nope/versions", AVRO, JSON, {}, 404, "No artifact with ID 'nope'"),
    ("PUT", USER1, "", JSON, {}, 400, "Empty content"),
    ("PUT", f"{USER1}/state", '{"state":"BOGUS"}', JSON, {}, 400, "ENABLED, DISABLED"),
    ("PUT", f"{USER1}/state", '{"state":["ENABLED"]}', JSON, {}, 400, "at `$.state`"),
    ("PUT", f"{USER1}/state", '{"state":0}', JSON, {}, 400, "ENABLED, DISABLED"),
    ("PUT", f"{USER1}/state", '{"state":"enabled"}', JSON, {}, 400, "ENABLED, DISABLED"),
    ("PUT", f"{USER1}/state", "", JSON, {}, 400, "not JSON"),
    ("PUT", f"{USER1}/meta", '{"name":{}}', JSON, {}, 400, "at `$.name`"),
    ("PUT", f"{USER1}/meta", '{"labels":[[]]}', JSON, {}, 400, "at `$.labels[0]`"),
    ("PUT", f"{USER1}/meta", '{"labels":1}', JSON, {}, 400, "Expected `array | null` - at `$.la"),
    ("PUT", f"{USER1}/meta", '{"properties":{"a":[]}}', JSON, {}, 400, "at `$.properties[...]`"),
    ("PUT", f"{USER1}/meta", b'{"name":"\xff"}', JSON, {}, 400, "not JSON"),
    ("PUT", f"{USER1}/owner", "{}", JSON, {}, 400, "missing a required parameter: owner"),
    ("PUT", f"{USER1}/owner", '{"owner":[7]}', JSON, {}, 400, "at `$.owner`"),
    ("POST", f"{USER1}/rules", '{"config":"FULL"}', JSON, {}, 400, "parameter: type"),
    ("POST", f"{USER1}/rules", '{"type":"VALIDITY"}', JSON, {}, 400, "parameter: config"),
    ("POST", f"{USER1}/rules", rule("TASTE", "FULL"), JSON, {}, 400, "VALIDITY, COMPATIBILITY"),
    ("POST", f"{USER1}/rules", rule("VALIDITY", "GOOD"), JSON, {}, 400, "SYNTAX_ONLY"),
    ("POST", f"{G1}/nope/rules", rule("VALIDITY", "FULL"), JSON, {}, 404, "No artifact with ID"),
    ("PUT", f"{USER1}/rules/VALIDITY", '{"config":"FULL"}', JSON, {}, 404, "No rule named"),
    ("PUT", f"{USER1}/rules/VALIDITY", rule("INTEGRITY", "FULL"), JSON, {}, 400, "in the address"),
    ("DELETE", f"{USER1}/rules/VALIDITY", "", "", {}, 404, "No rule named 'VALIDITY'"),
    ("DELETE", f"{USER1}/rules/TASTE", "", "", {}, 404, "none of TASTE"),
    ("DELETE", f"{G1}/nope/rules", "", "", {}, 404, "No artifact with ID 'nope'"),
    ("PUT", f"{V2}/admin/rules/VALIDITY", '{"config":"FULL"}', JSON, {}, 404, "No rule named"),
    ("DELETE", f"{V2}/admin/rules/COMPATIBILITY", "", "", {}, 404, "No rule named"),
    ("POST", f"{USER1}/versions/1/comments", "{}", JSON, {}, 400, "parameter: value"),
    ("POST", f"{USER1}/versions/1/comments", comment("x" * 1025), JSON, {}, 400, "1 to 1024"),
    ("POST", f"{USER1}/versions/9/comments", comment("x"), JSON, {}, 404, "No version '9'"),
    ("PUT", f"{USER1}/versions/1/comments/99", comment("x"), JSON, {}, 404, "comment with ID '99'"),
    ("DELETE", f"{USER1}/versions/1/comments/99", "", "", {}, 404, "comment with ID '99'"),
    ("POST", f"{V2}/groups", "{}", JSON, {}, 400, "parameter: id"),
    ("POST", f"{V2}/groups", '{"id":"a%b"}', JSON, {}, 400, "Character %"),
    ("POST", f"{V2}/groups", '{"id":"g1"}', JSON, {}, 409, "'g1' already exists"),
    ("DELETE", f"{V2}/groups/nope", "", "", {}, 404, "No group 'nope'"),
    ("DELETE", f"{V2}/groups/default", "", "", {}, 404, "No group 'default'"),
    ("POST", f"{V2}/admin/roleMappings", mapping("x", "KING"), JSON, {}, 400, "READ_ONLY"),
    ("POST", f"{V2}/admin/roleMappings", mapping("", "ADMIN"), JSON, {}, 400, "principalId"),
    ("POST", f"{V2}/admin/roleMappings", mapping("a\x06b", "ADMIN"), JSON, {}, 400, "control"),
    ("POST", f"{V2}/admin/roleMappings", mapping("x" * 257, "ADMIN"), JSON, {}, 400, "256"),
    ("POST", f"{V2}/admin/roleMappings", mapping("svc-b", "ADMIN"), JSON, {}, 409, "svc-b"),
    ("PUT", f"{V2}/admin/roleMappings/nope", '{"role":"ADMIN"}', JSON, {}, 404, "'nope'"),
    ("DELETE", f"{V2}/admin/roleMappings/nope", "", "", {}, 404, "'nope'"),
    ("PUT", f"{PROPERTIES}/{LEGACY_IDS}", '{"value":"maybe"}', JSON, {}, 400, "true or false"),
    ("PUT", f"{PROPERTIES}/{DOWNLOAD_TTL}", '{"value":"-1"}', JSON, {}, 400, "whole number"),
    ("PUT", f"{PROPERTIES}/no.such", '{"value":"true"}', JSON, {}, 404, "'no.such'"),
    ("DELETE", f"{PROPERTIES}/no.such", "", "", {}, 404, "'no.such'"),
    ("PUT", f"{V2}/admin/loggers/api", '{"level":"LOUD"}', JSON, {}, 400, "DEBUG, TRACE"),
    ("GET", f"{V2}/ids/globalIds/seven", "", "", {}, 400, "whole number"),
    ("GET", f"{V2}/ids/globalIds/{'9' * 30}", "", "", {}, 400, "whole number"),
    ("GET", f"{V2}/ids/contentIds/-1", "", "", {}, 400, "whole number"),
    ("GET", f"{V2}/ids/contentIds/999", "", "", {}, 404, "contentId-999"),
    ("GET", f"{V2}/ids/contentHashes/none", "", "", {}, 404, "none"),
    ("GET", f"{V2}/search/artifacts?limit=-1", "", "", {}, 400, "limit is a whole number"),
    ("GET", f"{V2}/search/artifacts?limit=1001", "", "", {}, 400, "from 0 to 1000"),
    ("GET", f"{V2}/search/artifacts?offset=x", "", "", {}, 400, "offset is a whole number"),
    ("GET", f"{V2}/search/artifacts?offset=-1", "", "", {}, 400, "offset is a whole number"),
    ("GET", f"{V2}/search/artifacts?order=up", "", "", {}, 400, "asc, desc"),
    ("GET", f"{V2}/search/artifacts?orderby=size", "", "", {}, 400, "name, createdOn"),
    ("GET", f"{V2}/search/artifacts?properties=:x", "", "", {}, 400, "key:value"),
    ("GET", f"{V2}/search/artifacts?name=%00", "", "", {}, 400, "NUL"),
    ("POST", f"{V2}/search/artifacts?canonical=true", AVRO, JSON, {}, 400, "'artifactType'"),
    ("GET", f"{V2}/groups/g1/artifacts/%00", "", "", {}, 400, "control character"),
    ("GET", f"{V2}/nowhere", "", "", {}, 404, "Nothing is served at"),
    ("GET", "/apis/registry/v9/search", "", "", {}, 404, "Nothing is served at"),
    ("PATCH", USER1, AVRO, JSON, {}, 405, "not allowed"),
    ("DELETE", f"{USER1}/versions/1", "", "", {}, 405, "not enabled"),
]


@pytest.fixture
def tables(sqlite_database: str) -> None:
    apply_to_database(read_journal(DATA / "journals" / "2.6.13.jsonl")[:124])


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("case", ERRORS, ids=lambda case: f"{case[0]} {case[6]}")
def test_bad_input_gets_an_explained_error_and_changes_nothing(
    case: tuple[str, str, Any, str, dict[str, str], int, str],
) -> None:
    method, path, body, media_type, headers, status, words = case
    before = last_ledger_id()
    answer = Client().generic(method, path, body, content_type=media_type, headers=headers)
    assert answer.status_code == status, answer.content
    document = answer.json()
    assert document["error_code"] == status
    assert words in document["message"]
    assert document["detail"] == f"{document['name']}: {document['message']}"
    assert document["name"].endswith("Exception")
    assert last_ledger_id() == before


@pytest.mark.usefixtures("tables")
def test_a_body_beyond_the_limit_is_too_large(settings: Any) -> None:
    settings.ANNALS_LIMIT_CONTENT_BYTES = 10
    answer = Client().generic("POST", G1, "x" * 11, content_type="text/plain")
    assert answer.status_code == 413
    assert "ANNALS_LIMIT_CONTENT_BYTES" in answer.json()["message"]


@pytest.mark.usefixtures("tables")
def test_an_unexpected_error_is_an_incident_without_its_stack(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    # A date format that nobody validated makes the answer impossible.
    settings.ANNALS_DATE_FORMAT = "none"
    answer = Client().get(f"{USER1}/meta")
    assert answer.status_code == 500
    incident = caplog.records[0].__dict__["incident"]
    assert incident in answer.json()["message"]
    assert "Traceback" not in answer.content.decode()


@pytest.mark.usefixtures("sqlite_database")
def test_a_node_without_a_worker_is_neither_live_nor_ready() -> None:
    live, ready = Client().get("/health/live"), Client().get("/health/ready")
    assert (live.status_code, ready.status_code) == (503, 503)
    reasons = [check.get("reason") for check in ready.json()["checks"]]
    assert reasons[:2] == ["the journal worker is dead", "the broker is unreachable"]
    assert "replaying: applied 0 of 0 offsets" in reasons


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_a_caught_up_node_is_live_and_ready() -> None:
    assert Client().get("/health/live").json()["status"] == "UP"
    ready = Client().get("/health/ready")
    assert ready.status_code == 200
    assert ready.json()["lag"] == 0
    assert {check["status"] for check in ready.json()["checks"]} == {"UP"}


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_an_encoded_slash_stays_within_its_id() -> None:
    client = Client()
    response = client.generic(
        "POST",
        f"{V2}/groups/a/artifacts",
        AVRO,
        content_type=JSON,
        headers=registry_headers(ArtifactId="b/c d"),
        REQUEST_URI=f"{V2}/groups/x%2Fy/artifacts",
    )
    assert (response.json()["groupId"], response.json()["id"]) == ("x/y", "b/c d")
    path = f"{V2}/groups/x%2Fy/artifacts/b%2Fc%20d/meta"
    assert client.get(path, REQUEST_URI=path).json() == response.json()


@pytest.mark.kafka
@pytest.mark.usefixtures("node")
def test_headers_become_metadata(settings: Any) -> None:
    settings.ANNALS_DATE_FORMAT = "iso"
    headers = registry_headers(
        ArtifactId="named",
        Name_Encoded=base64.b64encode("Größe".encode()).decode(),
        Content_Hash=hashlib.sha256(AVRO.encode()).hexdigest(),
    )
    response = (
        Client()
        .generic("POST", G1, AVRO, content_type=f"{JSON}; artifactType=JSON", headers=headers)
        .json()
    )
    assert (response["name"], response["type"]) == ("Größe", "JSON")
    assert response["createdOn"].endswith("Z")


@pytest.mark.usefixtures("node")
def test_more_parameters_than_a_request_has_are_the_clients_error() -> None:
    search = "/apis/registry/v2/search/artifacts"
    for path in (search, "/apis/registry/v2/groups", "/apis/annals/v1/digest/rows"):
        response = Client().get(path, {"labels": ["a"] * 1001})
        assert response.status_code == 400
        assert response.json()["message"] == "The request has more than 1,000 parameters."
    assert Client().get(search, {"labels": ["a"] * 900}).status_code == 200
