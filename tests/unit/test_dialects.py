"""Dialects: which records they write, and the generation that wrote a record."""

import json
from base64 import b64decode
from pathlib import Path

import pytest

from journal.wire.codec import decode, encode
from journal.wire.dialects import (
    Dialect,
    DialectError,
    Generation,
    build_content_message,
    creates_groups,
    dialect_for,
    get_form,
    infer_generation,
    supports,
)
from journal.wire.messages import (
    Action,
    ActionStyle,
    ArtifactVersionKey,
    BootstrapKey,
    ContentIdKey,
    ContentIdValue,
    ContentValue,
    Form,
    Message,
    MessageType,
)

VECTORS = Path(__file__).parent.parent / "data" / "vectors"
REFERENCES = '[{"groupId":null,"artifactId":"a","version":"1","name":"a"}]'


def content(dialect: Dialect, references: str | None = None) -> Message:
    return build_content_message(
        dialect,
        tenant_id="_",
        content_id=4,
        content_hash="h",
        canonical_hash="c",
        content=b"{}",
        serialized_references=references,
    )


@pytest.mark.parametrize(
    ("release", "newest"),
    [
        ("2.0.2", Generation.V2_0),
        ("2.1.3", Generation.V2_1_0),
        ("2.1.4", Generation.V2_1_4),
        ("2.2.2", Generation.V2_4),
        ("2.4.4", Generation.V2_4),
        ("2.5.9", Generation.V2_6),
        ("2.6.13", Generation.V2_6),
    ],
)
def test_the_newest_record_of_a_release_shows_its_generation(
    release: str, newest: Generation
) -> None:
    rows = map(json.loads, (VECTORS / f"vectors-{release}.Final.jsonl").read_text().splitlines())
    generations = [
        infer_generation(
            decode(b64decode(row["key_b64"]), row["value_b64"] and b64decode(row["value_b64"]))
        )
        for row in rows
    ]
    assert max(generations) is newest


def test_bootstraps_and_tombstones_do_not_show_their_writer() -> None:
    assert infer_generation(Message(BootstrapKey("b"))) is Generation.BOOTSTRAPPED
    assert infer_generation(Message(ArtifactVersionKey("_", None, "a", "1"))) is Generation.UNKNOWN


def test_a_spelling_shows_its_generation() -> None:
    styles = (ActionStyle.TITLE, ActionStyle.UPPER, ActionStyle.NUMBER)
    messages = [Message(ContentIdKey("_"), ContentIdValue(Action.CREATE), Form(s)) for s in styles]
    assert [infer_generation(message) for message in messages] == [
        Generation.V2_0,
        Generation.V2_1_0,
        Generation.V2_1_4,
    ]


@pytest.mark.parametrize("dialect", Dialect)
def test_a_dialect_s_records_are_of_a_generation_that_writes_it(dialect: Dialect) -> None:
    written = infer_generation(content(dialect))
    assert dialect_for(max(written, infer_generation(nonce(dialect)))) is dialect


def nonce(dialect: Dialect) -> Message:
    return Message(ContentIdKey("_", "u"), ContentIdValue(Action.CREATE), get_form(dialect))


def test_an_empty_topic_gets_the_newest_dialect_and_a_2_0_topic_none() -> None:
    assert dialect_for(Generation.UNKNOWN) is Dialect.V2_6
    assert dialect_for(Generation.V2_0) is None


def test_only_2_6_writes_content_as_type_17() -> None:
    assert content(Dialect.V2_6).type is MessageType.CONTENT_V2
    for dialect in (Dialect.V2_4, Dialect.V2_1_4, Dialect.V2_1_0):
        message = content(dialect)
        assert message.value == ContentValue(Action.CREATE, "c", b"{}")
        assert supports(dialect, message.type)
        key, value = encode(message)
        assert decode(key, value).value == message.value


def test_only_the_newer_type_2_ends_in_a_references_length() -> None:
    assert encode(content(Dialect.V2_4))[1] == (
        b"\x02\x01\x00\x00\x00\x01c\x00\x00\x00\x02{}\x00\x00\x00\x00"
    )
    assert encode(content(Dialect.V2_1_4))[1] == b"\x02\x01\x00\x00\x00\x01c\x00\x00\x00\x02{}"


@pytest.mark.parametrize("dialect", [Dialect.V2_6, Dialect.V2_4])
def test_a_newer_dialect_keeps_references(dialect: Dialect) -> None:
    message = content(dialect, REFERENCES)
    assert decode(*encode(message)) == message


@pytest.mark.parametrize("dialect", [Dialect.V2_1_4, Dialect.V2_1_0])
def test_an_older_dialect_rejects_references_and_names_the_setting(dialect: Dialect) -> None:
    with pytest.raises(DialectError, match="JOURNAL_FORMAT_VERSION") as caught:
        content(dialect, REFERENCES)
    assert caught.value.dialect is dialect
    assert dialect.value in str(caught.value)


def test_a_dialect_writes_only_the_types_that_its_readers_know() -> None:
    supported = {
        dialect: {int(kind) for kind in MessageType if supports(dialect, kind)}
        for dialect in Dialect
    }
    assert supported == {
        Dialect.V2_6: set(range(19)) - {2},
        Dialect.V2_4: set(range(17)),
        Dialect.V2_1_4: set(range(13)),
        Dialect.V2_1_0: set(range(13)),
    }


def test_groups_come_with_their_first_artifact_since_2_3() -> None:
    assert [creates_groups(dialect) for dialect in Dialect] == [True, True, False, False]
