"""Whatever lands on the topic beside the journal's records: told, skipped, and nothing stops."""

import json
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from journal.models import Outcome
from journal.wire.codec import encode
from journal.wire.messages import Action, ContentV2Key, ContentV2Value, Message
from tests.acceptance.faults import GROUP, has, is_as_a_clean_replay, readiness, upload
from tests.nodes import NodeProcess
from tests.waiting import DEADLINE, until
from tests.web import http

Header = dict[str, str | bytes | None]
Foreign = tuple[bytes | None, bytes | None, Header]

TEN_MB = 10_000_000
DRAW_KEY = b'\x08{"tenantId":"_","uuid":"0e1b4e0e-4f5e-4b8e-9f7e-2f1f5b1d7a11"}'
DRAW = b'\x08{"action":"CREATE"}'
#: As a 3.x node says it: JSON with the type in a header.
OF_3_X = (
    b'{"messageType":"CreateArtifact10Message","uuid":"2c2c70e0-8f1c-44ad-9e3e-52f3a5a4f4f6"}',
    b'{"groupId":"default","artifactId":"order","dryRun":false}',
)


def req() -> Header:
    return {"req": str(uuid4())}


def undecodable() -> list[Foreign]:
    generator = random.Random(20240611)
    noise: list[Foreign] = [
        (generator.randbytes(generator.randint(1, 200)), generator.randbytes(300), req())
        for _ in range(50)
    ]
    unknown_types: list[Foreign] = [
        (bytes([ordinal]) + b'{"tenantId":"_"}', bytes([ordinal]) + b'{"action":1}', req())
        for ordinal in (19, 20, 77, 127, 128, 255)
    ]
    return [
        *noise,
        *unknown_types,
        (*OF_3_X, {"mt": "CreateArtifact10Message", "req": str(uuid4())}),
        (*OF_3_X, {"mt": "CreateArtifact10Message"}),
        (b"order-1", b"hello", {}),
        (None, b"a value without a key", req()),
        (None, None, {}),
        (b"", b"a value of an empty key", req()),
        (b"order-2", b"\x02" * TEN_MB, req()),
        (b"\x08not JSON", DRAW, req()),
        (DRAW_KEY, b'\x08{"action":99}', req()),
        (DRAW_KEY, b'\x05{"action":"CREATE"}', req()),
    ]


def applied_with_a_remark() -> list[Foreign]:
    return [
        (DRAW_KEY, DRAW, {}),
        (DRAW_KEY, DRAW, {"req": "not a UUID"}),
        (DRAW_KEY, DRAW, {"req": b"\xff\x00\xfe"}),
        (DRAW_KEY, DRAW, {"req": None}),
    ]


def large_content() -> Foreign:
    """10 MB as a node of 2.6 says it."""
    value = ContentV2Value(Action.CREATE_OR_UPDATE, "a" * 64, "b" * 64, b"x" * TEN_MB)
    key, said = encode(Message(ContentV2Key("_", 1_000_000), value))
    return key, said, req()


def say(node: NodeProcess, records: list[Foreign]) -> None:
    producer = Producer({
        "bootstrap.servers": node.environment["KAFKA_BOOTSTRAP_SERVERS"],
        "message.max.bytes": 16_000_000,
    })
    failures = []
    for key, value, headers in records:
        producer.produce(
            node.environment["JOURNAL_TOPIC"],
            key=key,
            value=value,
            partition=0,
            headers=headers,
            on_delivery=lambda error, _: failures.append(error) if error else None,
        )
    assert producer.flush(DEADLINE) == 0
    assert failures == []


def ledger(node: NodeProcess) -> list[tuple[int, int, str, str]]:
    """Offset, outcome, reason and remark of each record that was applied."""
    with closing(sqlite3.connect(Path(node.environment["ANNALS_HOME"], "annals.sqlite3"))) as held:
        sql = 'SELECT "offset", outcome, reason, remark FROM journal_ledgerrow ORDER BY "offset"'
        return held.execute(sql).fetchall()


def in_step(node: NodeProcess) -> bool:
    body = readiness(node)
    return bool(body["code"] == 200 and body["lag"] == 0)


@pytest.fixture
def began(kept_node: NodeProcess) -> int:
    """The offset after a write."""
    assert upload(kept_node, f"first-{uuid4()}").status_code == 200
    return int(readiness(kept_node)["applied"])


def test_what_is_no_record_of_the_journal_is_told_and_skipped(
    kept_node: NodeProcess, began: int, sqlite_database: str
) -> None:
    foreign = undecodable()
    say(kept_node, foreign)
    assert upload(kept_node, f"second-{uuid4()}").status_code == 200
    until(lambda: in_step(kept_node))

    outcomes = {offset: (outcome, reason) for offset, outcome, reason, _ in ledger(kept_node)}
    told = [outcomes[offset] for offset in range(began, began + len(foreign))]
    assert {outcome for outcome, _ in told} == {Outcome.UNDECODABLE}
    assert all(reason for _, reason in told)
    assert Counter(outcome for outcome, _ in outcomes.values())[Outcome.UNDECODABLE] == len(foreign)

    page = http.get(f"{kept_node.url}/ui/journal?outcome=undecodable").text
    assert f"{began + len(foreign) - 1}" in page
    health = http.get(f"{kept_node.url}/ui/health").text
    assert f">{len(foreign)}<" in health
    for offset in (began, began + len(foreign) - 4, began + len(foreign) - 1):
        assert http.get(f"{kept_node.url}/ui/journal/0/{offset}").status_code == 200
    assert is_as_a_clean_replay(kept_node)


def test_what_lacks_a_request_id_is_applied_with_a_remark(
    kept_node: NodeProcess, began: int, sqlite_database: str
) -> None:
    foreign = applied_with_a_remark()
    say(kept_node, foreign)
    assert upload(kept_node, f"second-{uuid4()}").status_code == 200
    until(lambda: in_step(kept_node))

    rows = [row for row in ledger(kept_node) if began <= row[0] < began + len(foreign)]
    assert {outcome for _, outcome, _, _ in rows} == {Outcome.APPLIED}
    assert [remark in ('[["req-missing"]]', '[["req-invalid"]]') for *_, remark in rows] == [
        True
    ] * 4
    assert is_as_a_clean_replay(kept_node)


def test_ten_megabytes_are_a_record_like_any_other(
    kept_node: NodeProcess, sqlite_database: str
) -> None:
    assert upload(kept_node, "before").status_code == 200
    say(kept_node, [large_content()])
    schema = {"type": "record", "name": "Large", "doc": "x" * (TEN_MB - 100), "fields": []}
    headers = {"X-Registry-ArtifactId": "large", "X-Registry-ArtifactType": "AVRO"}
    made = http.post(kept_node.url + GROUP, content=json.dumps(schema), headers=headers)
    assert made.status_code == 200, made.text[:300]
    assert http.get(f"{kept_node.url}{GROUP}/large").json() == schema
    for content_id in (1_000_000, made.json()["contentId"]):
        path = f"/apis/registry/v2/ids/contentIds/{content_id}"
        assert len(http.get(kept_node.url + path).content) >= TEN_MB - 100
    assert upload(kept_node, "after").status_code == 200
    assert has(kept_node, "before", "after")
    assert is_as_a_clean_replay(kept_node)
