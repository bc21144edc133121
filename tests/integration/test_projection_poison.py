"""Records that nobody foresaw: damaged recordings, applied in batches, never stop the worker."""

import json
import random
import re
from typing import Any

import pytest
from msgspec.structs import replace

from journal.health.state_digest import state_digest
from journal.kafka.records import Record
from journal.models import LedgerRow, Outcome
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    ContentValue,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    GroupValue,
    Message,
    MetaData,
)
from registry.models import Content, GlobalRule, Group, Version
from tests.databases import pointed_at
from tests.journals import DATA, apply_to_database, read_journal, records

#: What stands in for some value of a key or value, well-formed JSON and not.
ODD = (
    *(b"9223372036854775807", b"9223372036854775808", b"-1", b"0", b"2147483648", b"1e3", b"1.5"),
    *(b"null", b"true", b"[]", b"{}", b'""', b'"x"', b'"\\u0000"', b'"\\ud800"'),
)
_VALUES = re.compile(rb'(?<=:)(?:"[^"]*"|-?\d+|true|false|null)')


def damaged(journal: list[Record], seed: int, length: int) -> list[Record]:
    """Records by chance, half of their keys and values with one field or one byte exchanged."""
    chance = random.Random(seed)
    return [_damaged(chance.choice(journal), offset, chance) for offset in range(length)]


def _damaged(record: Record, offset: int, chance: random.Random) -> Record:
    key, value = (
        _exchanged(part, chance) if part and chance.random() < 0.5 else part
        for part in (record.key, record.value)
    )
    return Record(0, offset, 1_600_000_000_000 + offset, "CreateTime", record.headers, key, value)


def _exchanged(part: bytes, chance: random.Random) -> bytes:
    fields = list(_VALUES.finditer(part))
    if fields and chance.random() < 0.8:
        field = chance.choice(fields)
        return part[: field.start()] + chance.choice(ODD) + part[field.end() :]
    place = chance.randrange(len(part))
    return part[:place] + bytes([chance.randrange(256)]) + part[place + 1 :]


@pytest.mark.parametrize("seed", range(3))
def test_damaged_records_come_to_the_same_state_on_both_databases(
    seed: int, sqlite_url: str, postgresql_url: str, django_db_blocker: Any
) -> None:
    journal = [
        *read_journal(DATA / "journals" / "2.6.13.jsonl"),
        *read_journal(DATA / "journals" / "2.1.3.jsonl"),
    ]
    poisoned = damaged(journal, seed, 800)
    found = []
    for url in (sqlite_url, postgresql_url):
        with django_db_blocker.unblock(), pointed_at(url):
            applied = apply_to_database(poisoned, batch=100)
            outcomes = [
                (read.record.offset, effect.outcome, effect.error) for read, effect in applied
            ]
            found.append((outcomes, state_digest()))
            assert LedgerRow.objects.count() == len(poisoned)

    assert found[0] == found[1]


def new_artifact(global_id: int, hashed: str, version: str | None, who: str) -> ArtifactValue:
    return ArtifactValue(
        Action.CREATE,
        global_id=global_id,
        version=version,
        artifact_type="AVRO",
        content_hash=hashed,
        created_by=who,
        created_on=1,
    )


def new_version(global_id: int, hashed: str, version: str | None, who: str) -> ArtifactValue:
    return replace(new_artifact(global_id, hashed, version, who), action=Action.UPDATE)


NUL = [
    Message(ContentV2Key("t\0", 1), ContentV2Value(Action.CREATE_OR_UPDATE, "h\0", "c\0", b"a")),
    Message(ContentKey("t\0", "i\0", 2), ContentValue(Action.CREATE, "c\0", b"b")),
    Message(ArtifactKey("t\0", "g\0", "a\0", "u\0"), new_artifact(1, "h\0", "1\0", "alice\0")),
    Message(ArtifactKey("t\0", "g\0", "a\0", "u\0"), new_version(2, "i\0", "2\0", "bob\0")),
    Message(GroupKey("t\0", "g\0"), GroupValue(Action.CREATE, "d\0", properties={"k\0": "v\0"})),
    Message(GlobalRuleKey("t\0", "VALIDITY"), GlobalRuleValue(Action.CREATE, "FULL\0")),
]


@pytest.mark.parametrize("batch", [1, 100])
def test_a_nul_anywhere_is_replaced_on_both_databases(batch: int, each_database: str) -> None:
    """PostgreSQL takes none, not even in a question; a batch of many asks at once."""
    journal = records(*NUL, *NUL, *NUL)

    applied = apply_to_database(journal, batch)

    assert [effect.outcome for _, effect in applied[: len(NUL)]] == [Outcome.APPLIED] * len(NUL)
    assert Content.objects.get(content_id=1).content_hash == "h�"
    assert list(Version.objects.order_by("id").values_list("version", "created_by")) == [
        ("1�", "alice�"),
        ("2�", "bob�"),
    ]
    assert Group.objects.get().properties == '{"k�":"v�"}'
    assert GlobalRule.objects.get().tenant_id == "t�"


def test_a_text_that_only_looks_like_a_nul_is_unchanged(each_database: str) -> None:
    text = "\\u0000"
    group = GroupValue(Action.CREATE, text, properties={"k": text})
    apply_to_database(records(Message(GroupKey("_", "g"), group)))

    assert Group.objects.get().description == text
    assert json.loads(Group.objects.get().properties or "") == {"k": text}


def test_no_version_is_numbered_higher_than_java_counts(each_database: str) -> None:
    last = ArtifactValue(
        Action.IMPORT,
        meta_data=MetaData(),
        state="ENABLED",
        global_id=1,
        version="1",
        artifact_type="AVRO",
        created_on=1,
        version_id=2**31 - 1,
        content_id=1,
        latest=True,
    )
    key = ArtifactKey("_", "g", "a", "u")
    applied = apply_to_database(
        records(
            Message(ContentV2Key("_", 1), ContentV2Value(Action.CREATE_OR_UPDATE, "h", "c", b"a")),
            Message(key, last),
            Message(key, new_version(2, "h", None, "bob")),
        )
    )

    assert [effect.error for _, effect in applied] == ["", "", "impossible-record"]
    assert Version.objects.count() == 1
