"""replay: what a node would hold that stopped at an offset, from the topic and from a dump."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from django.core.management import CommandError

from journal.commands import create_artifact
from journal.health.state_digest import state_digest
from journal.kafka.topics import TopicAdmin
from journal.models import LedgerRow
from tests.integration.test_commands import new
from tests.journals import DATA
from tests.own_node import writer
from tests.tools import call, load, new_name
from tests.waiting import DEADLINE

pytestmark = pytest.mark.usefixtures("sqlite_database")

CAPTURES = DATA / "captures"
INCIDENT = DATA / "incident-dump.jsonl"


def replayed(*arguments: object) -> Any:
    return json.loads(call("replay", "--json", *arguments))


def test_a_replay_of_the_topic_has_the_digest_of_the_node(topic: str, node_on_each: None) -> None:
    for name in ("orders", "bills"):
        create_artifact(writer(), new(name, name))
    node_holds = state_digest()

    found = replayed()

    assert found["digest"] == node_holds.value
    assert found["contentView"] == node_holds.content_view
    assert found["offsets"] == {"0": LedgerRow.objects.count()}
    assert call("replay").startswith(call("digest").strip())


def test_a_replay_up_to_an_offset_has_the_digest_that_the_node_had_there(
    topic: str, node: None
) -> None:
    create_artifact(writer(), new("orders", "Orders"))
    before, end = state_digest(), LedgerRow.objects.count()
    create_artifact(writer(), new("bills", "Bills"))

    assert replayed("--to", end)["digest"] == before.value
    assert replayed("--to", end + 1)["digest"] != before.value
    assert replayed("--to", f"0:{end}")["offsets"] == {"0": end}


@pytest.mark.parametrize("name", ["2.1.3", "2.6.13", "bug-2.1.3-after"])
def test_topic_and_dump_come_to_the_same(name: str, broker: str) -> None:
    file = CAPTURES / f"{name}.jsonl"
    on_topic, in_dump = replayed("--topic", load(file)), replayed("--dump", file)

    assert on_topic["digest"] == in_dump["digest"]
    assert on_topic["outcomes"] == in_dump["outcomes"]


def test_the_view_is_chosen_by_what_lies_before_the_offset_or_by_the_operator() -> None:
    file = CAPTURES / "2.6.13.jsonl"
    assert replayed("--dump", file)["contentView"] == "last-wins"
    assert replayed("--dump", file, "--to", 0)["contentView"] == "first-wins"
    assert replayed("--dump", INCIDENT)["contentView"] == "first-wins"
    forced = replayed("--dump", INCIDENT, "--content-view", "last-wins")
    assert forced["contentView"] == "last-wins"
    assert forced["digest"] != replayed("--dump", INCIDENT)["digest"]


def test_what_could_not_be_applied_is_told_with_its_place(broker: str) -> None:
    name = new_name()
    TopicAdmin({"bootstrap.servers": broker}, name).create()
    producer = Producer({"bootstrap.servers": broker})
    for key, value in (
        (b'\x09{"tenantId":"_"}', b'\x09{"action":1}'),
        (b"\x63\x1b[2J", b"x"),
        (b'\x05{"tenantId":"_","artifactId":"a","version":"1"}', b'\x05{"action":3}'),
    ):
        producer.produce(name, key=key, value=value, partition=0)
    assert producer.flush(DEADLINE) == 0

    found = replayed("--topic", name)
    text = call("replay", "--topic", name)

    assert found["records"] == 3
    assert found["outcomes"] == {"applied": 1, "no effect": 0, "refused": 1, "undecodable": 1}
    assert [(each["offset"], each["outcome"]) for each in found["troubles"]] == [
        (1, "undecodable"),
        (2, "refused"),
    ]
    assert "0:2 refused: delete version a v1" in text
    assert "\x1b" not in text


def test_the_tables_are_kept_where_a_new_file_is_named_for_them(tmp_path: Path) -> None:
    file = tmp_path / "kept.sqlite3"
    call("replay", "--dump", INCIDENT, "--database", file)

    with closing(sqlite3.connect(file)) as kept:
        assert kept.execute("SELECT count(*) FROM registry_artifact").fetchone() == (3,)
        assert kept.execute("SELECT next_offset FROM journal_position").fetchone() == (14,)
    with pytest.raises(CommandError, match="exists already"):
        call("replay", "--dump", INCIDENT, "--database", file)


@pytest.mark.parametrize("line", [b"{", b'{"key_b64":null}'])
def test_a_dump_that_cannot_be_read_leaves_no_file(line: bytes, tmp_path: Path) -> None:
    dump, file = tmp_path / "dump", tmp_path / "kept.sqlite3"
    dump.write_bytes(line)
    with pytest.raises(CommandError, match="line 1"):
        call("replay", "--dump", dump, "--database", file)
    assert not file.exists()
