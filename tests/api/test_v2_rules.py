"""Rules in force over REST: refusals with causes, precedence, dry runs, references."""

import hashlib
import json
from itertools import count
from typing import Any

import pytest

from journal.ledger.rows import last_ledger_id
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    ContentV2Key,
    ContentV2Value,
    GlobalRuleKey,
    GlobalRuleValue,
    Message,
    MetaData,
)
from registry.references import Reference, content_hash, serialize_references
from tests.journals import apply_to_database, record
from tests.own_node import Client
from tests.publishing import version_record

V2 = "/apis/registry/v2"
ARTIFACTS = f"{V2}/groups/g/artifacts"
GOOD = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}'
WIDER = GOOD.replace('"int"', '"long"')
MORE = GOOD.replace("}]", '},{"name":"b","type":"int"}]')
BOGUS = '{"type":"bogus"}'
_ids = count(1)


@pytest.fixture(autouse=True)
def tables(each_database: str) -> None:
    say(*stored("r", GOOD))


def say(*messages: Message) -> None:
    apply_to_database([record(each, next(_ids)) for each in messages])


def stored(
    name: str, *texts: str, kind: str = "AVRO", references: tuple[Reference, ...] = ()
) -> list[Message]:
    """An artifact of these contents, or more versions of it."""
    said: list[Message] = []
    for at, text in enumerate(texts):
        number, serialized = next(_ids), serialize_references(references)
        hashed = content_hash(text.encode(), serialized)
        value = ContentV2Value(
            Action.CREATE_OR_UPDATE, hashed, f"canon {number}", text.encode(), serialized
        )
        said.append(Message(ContentV2Key("_", number), value))
        artifact = ArtifactValue(
            Action.UPDATE if at else Action.CREATE,
            global_id=number,
            artifact_type=kind,
            content_hash=hashed,
            meta_data=MetaData(name=name),
            created_by="",
            created_on=1000,
        )
        said.append(Message(ArtifactKey("_", "g", name, f"uuid {number}"), artifact))
    return said


def rule(kind: str, level: str, artifact: str | None = None) -> Message:
    if artifact is None:
        return Message(GlobalRuleKey("_", kind), GlobalRuleValue(Action.CREATE, level))
    key = ArtifactRuleKey("_", "g", artifact, kind)
    return Message(key, ArtifactRuleValue(Action.CREATE, level))


def tried(text: str, artifact: str = "r", **headers: str) -> Any:
    """The answer of `test`."""
    return Client().put(f"{ARTIFACTS}/{artifact}/test", text, "application/json", headers=headers)


def sent(path: str, text: str, **headers: str) -> Any:
    return Client().post(path, text, "application/json", headers=headers)


def with_references(text: str, *references: Reference) -> tuple[str, str]:
    listed = [
        {"groupId": "g", "artifactId": each.artifact_id, "version": each.version, "name": each.name}
        for each in references
    ]
    return json.dumps({"content": text, "references": listed}), "application/create.extended+json"


def refused(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 409, answer.content
    document: dict[str, Any] = json.loads(answer.content)
    assert set(document) == {"causes", "message", "detail", "error_code", "name"}
    assert document["name"] == "RuleViolationException"
    assert document["detail"] == f"RuleViolationException: {document['message']}"
    return document


def test_without_a_rule_everything_is_accepted() -> None:
    assert tried("no schema at all").status_code == 204


def test_an_incompatible_change_is_rejected_with_its_causes_and_publishes_nothing() -> None:
    say(rule("COMPATIBILITY", "BACKWARD", "r"))
    before = last_ledger_id()
    for answer in (tried(MORE), sent(f"{ARTIFACTS}/r/versions", MORE)):
        document = refused(answer)
        assert document["message"].startswith(
            "Incompatible artifact: r [AVRO], num of incompatible diffs: {1}, "
            "list of diff types: [The field b of R is new and has no default at /fields/1"
        )
        (cause,) = document["causes"]
        assert cause["context"] == "/fields/1"
        assert "(line 1)" in cause["description"]
        assert "data of version 1" in cause["description"]
    assert last_ledger_id() == before
    assert tried(WIDER).status_code == 204


def test_invalid_content_is_rejected_as_by_2_6_13() -> None:
    say(rule("VALIDITY", "FULL"))
    document = refused(tried(BOGUS))
    assert document["message"] == "Syntax violation for Avro artifact."
    assert document["causes"][0]["context"] == "/type"
    assert "There is no type 'bogus' (line 1, column 9)" in document["causes"][0]["description"]
    assert tried(GOOD).status_code == 204


def test_syntax_only_lets_names_be_wrong() -> None:
    say(rule("VALIDITY", "SYNTAX_ONLY"))
    assert tried(BOGUS).status_code == 204
    assert "line 1, column 2" in refused(tried("{"))["causes"][0]["description"]


def test_an_artifact_s_rule_goes_before_the_global_one_and_that_before_the_node_s(
    settings: Any,
) -> None:
    settings.ANNALS_RULES = {"VALIDITY": "FULL", "COMPATIBILITY": None, "INTEGRITY": None}
    refused(tried(BOGUS))
    say(rule("VALIDITY", "NONE"))
    assert tried(BOGUS).status_code == 204
    say(rule("VALIDITY", "FULL", "r"))
    refused(tried(BOGUS))


def test_an_unknown_level_rejects_with_an_explanation() -> None:
    say(rule("COMPATIBILITY", "SOMEWHAT"))
    answer = tried(GOOD)
    assert answer.status_code == 409
    assert "BACKWARD_TRANSITIVE" in answer.json()["message"]


def test_disabled_versions_do_not_count() -> None:
    say(*stored("s", GOOD, WIDER), rule("COMPATIBILITY", "FULL"))
    refused(tried(GOOD, "s"))
    meta_data = MetaData(name="s")
    say(version_record("s", "2", Action.UPDATE, state="DISABLED", meta_data=meta_data))
    assert tried(GOOD, "s").status_code == 204


def test_the_dry_run_of_a_new_artifact_stores_nothing() -> None:
    say(rule("VALIDITY", "FULL"))
    before = last_ledger_id()
    refused(sent(f"{ARTIFACTS}?dryRun=true", '{"type":"record","name":"1","fields":[]}'))
    assert sent(f"{ARTIFACTS}?dryRun=true", GOOD).status_code == 204
    known = {"X-Registry-ArtifactId": "r"}
    assert sent(f"{ARTIFACTS}?dryRun=true", GOOD, **known).status_code == 409
    for word in ("RETURN", "UPDATE", "RETURN_OR_UPDATE"):
        answer = sent(f"{ARTIFACTS}?dryRun=true&ifExists={word}", GOOD, **known)
        assert answer.status_code == 204, word
    assert sent(f"{ARTIFACTS}/r/versions?dryRun=true", WIDER).status_code == 204
    assert tried(GOOD, "nobody").status_code == 404
    assert last_ledger_id() == before


def test_verdicts_have_all_rules_with_remarks_and_those_that_do_nothing() -> None:
    say(
        rule("VALIDITY", "FULL"),
        rule("COMPATIBILITY", "FULL"),
        *stored("gql", "type A { a: Int }", kind="GRAPHQL"),
    )
    path = "/apis/annals/v1/verdicts?group=g&artifact="
    dated = GOOD.replace('"int"', '{"type":"int","logicalType":"date"}')
    told = sent(f"{path}r", dated).json()
    assert told["isNew"] is False
    assert [(each["type"], each["refuses"]) for each in told["rules"]] == [
        ("VALIDITY", False),
        ("COMPATIBILITY", False),
    ]
    assert "logical type was none and is date" in told["rules"][1]["remarks"][0]["description"]
    told = sent(f"{path}gql", "type A { b: Int }").json()
    assert [each["doesNothing"] for each in told["rules"]] == [False, True]
    assert sent(f"{path}new", GOOD).json()["isNew"] is True
    assert sent("/apis/annals/v1/verdicts", GOOD).status_code == 400


STREET = '{"type":"record","name":"Street","namespace":"geo","fields":[]}'
PERSON = '{"type":"record","name":"P","fields":[{"name":"home","type":"geo.Street"}]}'
TO_STREET = Reference("g", "street", "1", "geo.Street")


@pytest.mark.parametrize(
    ("level", "references", "summary"),
    [
        ("REFS_EXIST", (Reference("g", "gone", "1", "geo.Street"),), "Referenced artifact not"),
        ("NO_DUPLICATES", (TO_STREET, TO_STREET), "Duplicate artifact reference"),
        ("ALL_REFS_MAPPED", (), "Missing reference detected in Avro artifact"),
        ("REFS_EXIST,NO_DUPLICATES", (TO_STREET, TO_STREET), "Duplicate artifact reference"),
        ("FULL", (), "Missing reference detected"),
        ("FULL", (TO_STREET,), ""),
        ("NO_DUPLICATES,REFS_EXIST", (), ""),
        ("NONE", (TO_STREET, TO_STREET), ""),
    ],
)
def test_integrity(level: str, references: tuple[Reference, ...], summary: str) -> None:
    say(*stored("street", STREET), *stored("p", PERSON), rule("INTEGRITY", level))
    body, kind = with_references(PERSON, *references)
    answer = Client().put(f"{ARTIFACTS}/p/test", body, kind)
    if summary:
        assert refused(answer)["message"].startswith(summary)
    else:
        assert answer.status_code == 204, answer.content


def test_references_are_known_to_validity_and_compatibility() -> None:
    say(
        *stored("street", STREET),
        *stored("p", PERSON, references=(TO_STREET,)),
        rule("VALIDITY", "FULL"),
        rule("COMPATIBILITY", "FULL_TRANSITIVE"),
    )
    body, kind = with_references(PERSON, TO_STREET)
    assert Client().put(f"{ARTIFACTS}/p/test", body, kind).status_code == 204
    assert "Define it before" in refused(tried(PERSON, "p"))["causes"][0]["description"]


def test_a_thousand_references_deep_and_wide() -> None:
    deep: list[Message] = []
    for at in range(1000):
        text = f'{{"type":"record","name":"D{at}","fields":[]}}'
        before = (Reference("g", f"d{at - 1}", "1", f"D{at - 1}"),) if at else ()
        deep += stored(f"d{at}", text, references=before)
    say(*deep, rule("VALIDITY", "FULL"), rule("INTEGRITY", "FULL"))
    for named in (
        [Reference("g", "d999", "1", "D999")],
        [Reference("g", f"d{at}", "1", f"D{at}") for at in range(1000)],
    ):
        text = '{"type":"record","name":"R","fields":[{"name":"d","type":"D999"}]}'
        body, kind = with_references(text, *named)
        assert Client().put(f"{ARTIFACTS}/r/test", body, kind).status_code == 204


def test_circular_references_are_an_error_of_dereferencing() -> None:
    one, other = Reference("g", "one", "1", "One"), Reference("g", "other", "1", "Other")
    say(
        *stored("one", '["null","Other"]', references=(other,)),
        *stored("other", '["null","One"]', references=(one,)),
    )
    answer = Client().get(f"{ARTIFACTS}/one/versions/1?dereference=true")
    assert answer.status_code == 400
    assert "its references go round, Other → One → Other" in answer.json()["message"]


def test_what_a_document_refers_to_is_written_into_it_as_what_it_is() -> None:
    proto = 'syntax = "proto3"; // a: b\r\nmessage A {}\n'
    order = '{"type":"record","name":"O","fields":[{"name":"a","type":"Street"}]}'
    document = """asyncapi: 2.6.0
info: {title: t, version: '1'}
channels:
  a: {publish: {message: {schemaFormat: application/vnd.other, payload: {$ref: t}}}}
  b: {publish: {message: {schemaFormat: application/vnd.other, payload: {$ref: o}}}}
"""
    references = tuple(Reference("g", name, "1", name[0]) for name in ("text", "order"))
    say(
        *stored("street", '{"type":"record","name":"Street","fields":[]}'),
        *stored("order", order, references=(Reference("g", "street", "1", "t"),)),
        # A name belongs to the content that uses it.
        *stored("text", proto, kind="PROTOBUF"),
        *stored("api", document, kind="ASYNCAPI", references=references),
    )
    answer = Client().get(f"{ARTIFACTS}/api/versions/1?dereference=true")
    assert answer.headers["Content-Type"] == "application/json"
    channels = answer.json()["channels"]
    assert channels["a"]["publish"]["message"]["payload"] == proto
    street = {"type": "record", "name": "Street", "fields": []}
    order_record = channels["b"]["publish"]["message"]["payload"]
    assert order_record["fields"] == [{"name": "a", "type": street}]


def test_a_search_by_a_canonical_form_that_does_not_exist_is_unprocessable() -> None:
    for path in (f"{ARTIFACTS}/r/meta?canonical=true", f"{V2}/search/artifacts?canonical=true"):
        separator = "&" if "search" in path else "&ignored=1&"
        answer = sent(f"{path}{separator}artifactType=AVRO", "{")
        assert answer.status_code == 422, answer.content
        assert answer.json()["name"] == "UnprocessableSchemaException"


def test_the_hash_of_a_tested_content_is_checked() -> None:
    wrong = {"X-Registry-Content-Hash": hashlib.sha256(b"other").hexdigest()}
    assert tried(GOOD, **wrong).status_code == 400


def test_an_unknown_hash_algorithm_is_rejected_with_a_hash_and_without_one() -> None:
    unknown = {"X-Registry-Hash-Algorithm": "CRC32"}
    digest = {"X-Registry-Content-Hash": hashlib.sha256(GOOD.encode()).hexdigest()}
    for headers in (unknown, unknown | digest):
        answer = tried(GOOD, **headers)
        assert answer.status_code == 400
        assert "SHA256 or MD5" in answer.json()["message"]
