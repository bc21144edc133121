"""COMPATIBILITY of Protobuf by API: Confluent's judges the bytes, API v2 also names."""

import json
from typing import Any

import pytest

from journal.ledger.rows import last_ledger_id
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentV2Key,
    ContentV2Value,
    GlobalRuleKey,
    GlobalRuleValue,
    Message,
    MetaData,
)
from registry.admission.new_versions import NewVersion
from registry.admission.rules import evaluate_rules
from registry.references import content_hash
from tests.journals import apply_to_database, record
from tests.own_node import Client

PROTO = 'syntax = "proto3"; package a; message M { oneof o { string s = 1; int32 i = 2; } }'


@pytest.fixture(autouse=True)
def tables(each_database: str) -> None:
    """A subject with one version, under FULL."""
    hashed = content_hash(PROTO.encode(), None)
    content = ContentV2Value(Action.CREATE_OR_UPDATE, hashed, hashed, PROTO.encode(), None)
    artifact = ArtifactValue(
        Action.CREATE,
        meta_data=MetaData(),
        global_id=1,
        artifact_type="PROTOBUF",
        content_hash=hashed,
        created_by="",
        created_on=1000,
    )
    said = (
        Message(ContentV2Key("_", 1), content),
        Message(ArtifactKey("_", None, "m-value", "u"), artifact),
        Message(GlobalRuleKey("_", "COMPATIBILITY"), GlobalRuleValue(Action.CREATE, "FULL")),
    )
    apply_to_database([record(each, at) for at, each in enumerate(said, 1)])


def tried(content: str) -> Any:
    """The answer of API v2."""
    path = "/apis/registry/v2/groups/default/artifacts/m-value/test"
    return Client().put(path, content, "application/x-protobuf")


def registered(content: str) -> Any:
    """The answer of Confluent's API."""
    body = json.dumps({"schemaType": "PROTOBUF", "schema": content})
    path = "/apis/ccompat/v7/subjects/m-value/versions"
    return Client().post(path, body, "application/json")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("package a;", "package b;", "The package was a and is b"),
        ("oneof o { string s = 1; int32 i = 2; }", "oneof o { string s = 1; } int32 i = 2;",
         "The field i moved out of the oneof M.o"),
        ("int32 i", "sint32 i", "The type of M.i was int32 and is sint32"),
    ],
)  # fmt: skip
def test_confluent_s_api_refuses_what_changes_bytes(old: str, new: str, reason: str) -> None:
    before = last_ledger_id()
    answer = registered(PROTO.replace(old, new))
    assert (answer.status_code, answer.json()["error_code"]) == (409, 409)
    assert reason in answer.json()["message"]
    assert last_ledger_id() == before


@pytest.mark.parametrize("new", ["int64 i", "int32 j"])
def test_names_and_types_of_the_same_bytes_are_refused_by_api_v2_only(new: str) -> None:
    content = PROTO.replace("int32 i", new)
    assert tried(content).status_code == 409
    version = NewVersion(
        group_id=None, artifact_id="m-value", content=content.encode(), by_confluent_rules=True
    )
    (verdict,) = evaluate_rules(version, "PROTOBUF")
    assert not verdict.causes


def test_a_changed_package_is_refused_by_confluent_s_api_only() -> None:
    assert tried(PROTO.replace("package a;", "package b;")).status_code == 204


def test_under_full_a_file_grows_and_shrinks_on_api_v2() -> None:
    grown = PROTO.replace("int32 i = 2; } }", "int32 i = 2; } } message N { string a = 1; }")
    grown += " enum E { A = 0; }"
    assert tried(grown.replace("message M {", "message M { bool b = 3;")).status_code == 204
    gone = PROTO.replace("int32 i = 2;", "")
    (cause, *_) = tried(gone).json()["causes"]
    assert 'add `reserved 2; reserved "i";` to the message M' in cause["description"]
    reserved = gone.replace("message M {", 'message M { reserved 2; reserved "i";')
    assert tried(reserved).status_code == 204
