"""The codec against bytes that Apicurio's own serializers made."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from journal.wire.codec import Undecodable, decode, decode_key, encode
from journal.wire.messages import (
    Action,
    ArtifactValue,
    ContentIdKey,
    ContentIdValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    GroupKey,
    GroupValue,
    Message,
    UpgraderKey,
    partition_key,
)

VECTORS = Path(__file__).parent.parent / "data" / "vectors"

Row = dict[str, Any]


def rows(pattern: str) -> list[Any]:
    return [
        pytest.param(row, id=f"{path.stem}-{row['name']}")
        for path in sorted(VECTORS.glob(pattern))
        for row in map(json.loads, path.read_text().splitlines())
    ]


def row_bytes(row: Row) -> tuple[bytes, bytes | None]:
    value = row["value_b64"]
    return b64decode(row["key_b64"]), None if value is None else b64decode(value)


def encoded_value(message: Message) -> Any:
    """Encode the message and return its value in the form of the vectors' `decoded`."""
    value = encode(message)[1]
    if value is None:
        return None
    label = {"type": message.type.label, "ord": int(message.type)}
    if not isinstance(message.value, ContentValue):
        return label | {"encoding": "json", "json": json.loads(value[1:])}
    action, content = message.value.action, message.value.content
    assert action is not None
    return label | {
        "encoding": "binary",
        "actionOrd": int(action),
        "canonicalHash": message.value.canonical_hash,
        "content": None if content is None else content.decode(),
        "serializedReferences": message.value.serialized_references,
    }


def test_the_vectors_are_all_here() -> None:
    assert len(rows("vectors-*.jsonl")) == 392
    assert len(rows("edge-cases.jsonl")) == 31


@pytest.mark.parametrize("row", rows("vectors-*.jsonl"))
def test_a_vector_decodes_and_encodes_to_the_same_bytes(row: Row) -> None:
    key, value = row_bytes(row)
    message = decode(key, value)
    assert encode(message) == (key, value)
    assert message.type == key[0]
    assert partition_key(message.key) == row["partition_key"]
    expected = row["decoded"]["value"]
    if expected is not None and expected["encoding"] == "binary":
        expected.setdefault("serializedReferences", None)
        assert isinstance(message.value, ContentValue)
        assert message.value.action is not None
        assert message.value.action.name.casefold() == expected.pop("action").casefold()
    assert encoded_value(message) == expected
    assert json.loads(key[1:]) == row["decoded"]["key"]["json"]


# By edge case, the part that is undecodable, or the action that is decoded.
OUTCOMES = {
    "unknown-type-99": "key",
    "type-17": Action.CREATE_OR_UPDATE,
    "type-18": Action.UPGRADE_BOOTSTRAP,
    "unknown-key-field": Action.CREATE,
    "missing-tenant": Action.CREATE,
    "action-lower": Action.CREATE,
    "action-upper": Action.CREATE,
    "action-num": Action.CREATE,
    "action-num-string": "value",
    "action-unknown-num": "value",
    "action-missing": None,
    "key-ignored-type": "key",
    "value-ignored-type": "value",
    "key-partitionKey": "key",
    "key-garbage": "key",
    "key-null-uuid": Action.CREATE,
    "bootstrap-with-value": "value",
    "content-truncated": "value",
    "content-badaction": "value",
    "contentkey-nocontentid": Action.CREATE,
    "contentkey-stringid": Action.CREATE,
    "createdOn-iso": Action.CREATE,
    "artifactType-unknown": Action.CREATE,
    "rule-integrity": Action.CREATE,
    "rule-lower": "key",
    "contentv2-contentfield": "value",
    "group-missing-fields": Action.DELETE,
    "comment-missing-globalid": Action.DELETE,
    "zero-length-value": "value",
    "zero-length-key": "key",
    "upgrader-UUID-caps": Action.UPGRADE_BOOTSTRAP,
}


def decode_result(key: bytes | None, value: bytes | None) -> str | Action | None:
    try:
        message = decode(key, value)
    except Undecodable as error:
        return error.part
    assert message.value is not None
    return message.value.action


@pytest.mark.parametrize("row", rows("edge-cases.jsonl"))
def test_an_edge_case_is_decoded_as_decided(row: Row) -> None:
    assert (
        decode_result(*row_bytes(row)) is OUTCOMES[row["name"]]
        or decode_result(*row_bytes(row)) == (OUTCOMES[row["name"]])
    )


@pytest.mark.parametrize("row", rows("edge-cases.jsonl"))
def test_an_edge_case_is_decoded_as_java_does(row: Row) -> None:
    java = row["java_result"]["2.6.13.Final"]
    result = decode_result(*row_bytes(row))
    if java["key"].startswith(("THROWS", "NULL")):
        assert result == "key"
    elif java["value"].startswith("NULL"):
        assert result == "value"
    else:
        action = result.name if isinstance(result, Action) else "null"
        assert java["value"].endswith(f"action={action}")


def test_edge_cases_keep_their_fields() -> None:
    cases = {row.values[0]["name"]: row.values[0] for row in rows("edge-cases.jsonl")}
    decoded = {
        name: decode(*row_bytes(row))
        for name, row in cases.items()
        if not isinstance(OUTCOMES[name], str)
    }
    assert decoded["contentkey-stringid"].key == ContentKey("_", "h", 7)
    assert decoded["contentkey-nocontentid"].key == ContentKey("_", "h", 0)
    assert decoded["unknown-key-field"].key == ContentIdKey("_", "u")
    assert decoded["upgrader-UUID-caps"].key == UpgraderKey(None)
    assert decoded["group-missing-fields"].value == GroupValue(Action.DELETE)
    assert decoded["type-17"].key == ContentV2Key("_", 1)
    assert decoded["type-17"].value == ContentV2Value(Action.CREATE_OR_UPDATE, "a", "b", b"a")
    iso = decoded["createdOn-iso"].value
    assert isinstance(iso, ArtifactValue)
    assert iso.created_on == 1637230581817


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (rb"\ud83d", "\ufffd"),
        (rb"a\uDE00b\uD83D", "a\ufffdb\ufffd"),
        (rb"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (rb"\\ud83d", "\\ud83d"),
    ],
)
def test_half_of_a_surrogate_pair_is_replaced(written: bytes, read: str) -> None:
    """Java nodes write and read it, such as from a client that cut a text within an emoji."""
    key = b'\x06{"groupId":"' + written + b'"}'
    value = b'\x06{"action":1,"description":"' + written + b'"}'
    message = decode(key, value)
    assert message.key == GroupKey(None, read)
    assert message.value == GroupValue(Action.CREATE, read)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"\x09{", "it is not JSON"),
        (b"\x09[1]", "the JSON is not an object"),
        (b"\x09null", "the JSON is not an object"),
        (b"\x09\xff\xfe", "it is not JSON"),
        (b'\x09{"a":NaN}', "it is not JSON"),
        (b"\x09" + b'{"a":' * 100_000, "it is not JSON"),
        (b'\x09{"action":1.0}', "unknown action '1.0'"),
        (b'\x09{"action":true}', "unknown action 'True'"),
        (b'\x09{"action":' + b"9" * 25 + b"}", "unknown action"),
        (b'\x08{"action":1}', "it is GlobalId, its key is ContentId"),
        (b'\x63{"action":1}', "it is unknown message type 99, its key is ContentId"),
    ],
)
def test_a_damaged_value_has_a_reason(value: bytes, reason: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(b"\x09{}", value)
    assert caught.value.part == "value"
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize(
    "fields",
    [
        '"state":"enabled"', '"globalId":"seven"', '"globalId":9223372036854775808',
        '"globalId":1e30', '"versionId":2147483648', '"latest":"maybe"', '"createdOn":"2021-13-01"',
        '"metaData":[]', '"metaData":{"labels":"a"}', '"metaData":{"labels":[null]}',
        '"metaData":{"properties":[]}', '"version":{}', '"version":1.5', '"globalId":true',
    ],
)  # fmt: skip
def test_a_property_of_a_wrong_type_makes_the_value_undecodable(fields: str) -> None:
    with pytest.raises(Undecodable):
        decode(b"\x03{}", f'\x03{{"action":1,{fields}}}'.encode())


def test_scalars_are_coerced_as_jackson_does() -> None:
    value = decode(
        b"\x03{}",
        b'\x03{"action":1,"globalId":" 7 ","version":2,"latest":"true","versionId":3.9,'
        b'"contentId":"","createdOn":"1637230581817","createdBy":true}',
    ).value
    assert value == ArtifactValue(
        Action.CREATE, global_id=7, version="2", latest=True, version_id=3,
        created_on=1637230581817, created_by="true",
    )  # fmt: skip


def test_a_key_is_decoded_without_its_value() -> None:
    assert decode_key(b'\x09{"tenantId":"_"}') == ContentIdKey("_")


def test_a_record_without_a_key_is_undecodable() -> None:
    assert decode_result(None, b"\x09{}") == "key"


def test_an_escaped_backslash_before_u_is_not_respelled() -> None:
    message = Message(ContentIdKey("\\u001f \x1f \U0001f600"), ContentIdValue(Action.CREATE))
    key, _ = encode(message)
    assert key == b'\x09{"tenantId":"\\\\u001f \\u001F \\uD83D\\uDE00"}'
    assert decode_key(key) == message.key


def test_a_text_that_is_no_unicode_is_not_encoded() -> None:
    with pytest.raises(ValueError, match="cannot be written"):
        encode(Message(ContentIdKey("\ud800")))
