"""backup and restore: a topic comes back with its digest; what would lose something is refused."""

import gzip
import json
import signal
import threading
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from django.conf import settings
from django.core.management import CommandError
from django.db import connections

from journal.commands import create_artifact
from journal.health.state_digest import state_digest
from journal.kafka.embedded import EmbeddedBroker
from journal.kafka.topics import TopicAdmin
from journal.models import LedgerRow
from tests.integration.signaled import SEGMENT
from tests.integration.test_commands import new
from tests.journals import DATA
from tests.own_node import writer
from tests.tools import call, delete_topic, load, new_name, signaled
from tests.waiting import DEADLINE, until

pytestmark = pytest.mark.usefixtures("sqlite_database")

CAPTURE = DATA / "captures" / "2.6.13.jsonl"
GAPPY = DATA / "captures" / "bug-2.1.3-after.jsonl"
DRAW = (b'\x09{"tenantId":"_"}', b'\x09{"action":1}')


def backed_up(directory: Path, *more: object) -> Any:
    return json.loads(call("backup", directory, "--json", *more))


def restored(directory: Path) -> str:
    name = new_name()
    call("restore", directory, "--topic", name)
    return name


def replayed(*arguments: object) -> Any:
    return json.loads(call("replay", "--json", "--content-view", "last-wins", *arguments))


def new_topic(broker: str, partitions: int = 1) -> str:
    name = new_name()
    TopicAdmin({"bootstrap.servers": broker}, name).create(partitions)
    return name


def produce(broker: str, topic: str, count: int) -> None:
    producer = Producer({"bootstrap.servers": broker})
    for at in range(count):
        producer.produce(topic, key=DRAW[0], value=DRAW[1], partition=0)
        if at % 10_000 == 0:
            producer.flush(DEADLINE)
    assert producer.flush(DEADLINE) == 0


def delete_before(broker: str, topic: str, offset: int) -> None:
    admin = AdminClient({"bootstrap.servers": broker})
    place = TopicPartition(topic, 0, offset)
    for gone in admin.delete_records([place]).values():
        gone.result(DEADLINE)


def segments(directory: Path) -> list[Path]:
    return sorted((directory / "segments").iterdir())


def _holds(count: int) -> bool:
    return LedgerRow.objects.count() > count


def test_a_topic_backed_up_while_a_node_writes_comes_back_with_its_digest(
    topic: str, node: None, tmp_path: Path
) -> None:
    is_enough = threading.Event()

    def write() -> None:
        for number in range(2000):
            create_artifact(writer(), new(f"a{number}", f"R{number}"))
            if is_enough.is_set():
                break
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    added = []
    try:
        for step in range(1, 5):
            until(partial(_holds, 40 * step))
            added.append(backed_up(tmp_path / "backup")["added"])
    finally:
        is_enough.set()
        thread.join()
    added.append(backed_up(tmp_path / "backup")["added"])

    assert all(added[:4])
    copy = restored(tmp_path / "backup")
    mine, theirs = replayed("--topic", topic), replayed("--topic", copy)
    assert theirs == mine
    assert mine["records"] == sum(added)
    as_the_node = call("replay", "--topic", topic, "--json")
    assert json.loads(as_the_node)["digest"] == state_digest().value


def test_nothing_new_adds_nothing(broker: str, tmp_path: Path) -> None:
    name = load(CAPTURE)
    first, second = (backed_up(tmp_path, "--topic", name) for _ in range(2))

    assert (first["added"], first["records"], first["segments"]) == (177, 177, 1)
    assert (second["added"], second["records"], second["segments"]) == (0, 177, 1)
    assert "checked" in call("backup", tmp_path, "--check")


def test_records_come_back_byte_for_byte_with_their_times(broker: str, tmp_path: Path) -> None:
    name = load(DATA / "captures" / "2.1.3.jsonl")
    backed_up(tmp_path / "backup", "--topic", name)
    copy = restored(tmp_path / "backup")

    lines = []
    for each in (name, copy):
        call("dump", "--topic", each, "--output", tmp_path / each)
        lines.append((tmp_path / each).read_text().replace(each, ""))
    assert lines[0] == lines[1]
    config = TopicAdmin(settings.KAFKA_PROPERTIES, copy).config()
    assert config["message.timestamp.type"] == "LogAppendTime"


def test_the_broker_of_a_node_in_this_home_is_backed_up(
    broker: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = load(CAPTURE)
    monkeypatch.setattr(settings, "KAFKA_PROPERTIES", {})
    monkeypatch.setattr(EmbeddedBroker, "address_if_running", lambda _: broker)
    assert backed_up(tmp_path, "--topic", name)["added"] == 177


def test_a_segment_is_a_dump_that_load_dump_takes(broker: str, tmp_path: Path) -> None:
    name = load(CAPTURE)
    backed_up(tmp_path, "--topic", name)
    dump = tmp_path / "dump"
    dump.write_bytes(gzip.decompress(segments(tmp_path)[0].read_bytes()))

    assert replayed("--topic", load(dump))["digest"] == replayed("--topic", name)["digest"]


def test_offsets_that_close_gaps_are_reported(broker: str, tmp_path: Path) -> None:
    name = load(GAPPY)
    delete_before(broker, name, 3)
    backup = backed_up(tmp_path, "--topic", name)
    assert backup["gaps"] == [{"partition": 0, "first": 0, "last": 2}]

    said = call("restore", tmp_path, "--topic", new_name())
    assert "Partition 0: offsets 3 to" in said
    assert "are now 0 to" in said


def test_missing_offsets_stop_a_backup_until_the_operator_decides(
    broker: str, tmp_path: Path
) -> None:
    name = load(CAPTURE)
    backed_up(tmp_path, "--topic", name)
    produce(broker, name, 10)
    delete_before(broker, name, 180)

    with pytest.raises(CommandError, match="offsets 177 to 179: gone from the topic"):
        backed_up(tmp_path, "--topic", name)
    gap = backed_up(tmp_path, "--topic", name, "--allow-gap")
    assert (gap["added"], gap["records"]) == (7, 184)
    assert gap["gaps"] == [{"partition": 0, "first": 177, "last": 179}]
    assert "Offsets 177 to 179 of partition 0 were gone" in call("backup", tmp_path, "--check")

    full = backed_up(tmp_path, "--topic", name, "--full")
    assert (full["added"], full["records"], full["segments"]) == (7, 7, 1)
    assert len(segments(tmp_path)) == 1


def test_another_topic_and_a_replaced_one_are_rejected(broker: str, tmp_path: Path) -> None:
    name = load(CAPTURE)
    backed_up(tmp_path, "--topic", name)
    with pytest.raises(CommandError, match=f"backup of {name}, not of"):
        backed_up(tmp_path, "--topic", load(GAPPY))

    delete_topic(broker, name)
    call("load_dump", CAPTURE, "--topic", name)
    for more in ((), ("--full",), ("--allow-gap",)):
        with pytest.raises(CommandError, match="deleted and made again"):
            backed_up(tmp_path, "--topic", name, *more)
    assert "checked" in call("backup", tmp_path, "--check")


@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_damaged_segment_is_rejected_before_anything_is_loaded(
    damage: str, broker: str, tmp_path: Path
) -> None:
    backed_up(tmp_path, "--topic", load(CAPTURE))
    (segment,) = segments(tmp_path)
    held = segment.read_bytes()
    if damage == "missing":
        segment.unlink()
    else:
        segment.write_bytes(held[:-9] if damage == "cut" else held[:50] + b"!" + held[51:])

    name = new_name()
    with pytest.raises(CommandError, match=segment.name):
        call("restore", tmp_path, "--topic", name)
    assert not TopicAdmin({"bootstrap.servers": broker}, name).exists()
    with pytest.raises(CommandError, match=segment.name):
        call("backup", tmp_path, "--check")


@pytest.mark.parametrize(
    ("old", "new_text", "reason"),
    [
        ('"records": 177', '"records": 176', "its checksum is another"),
        ('"version": 1', '"version": 2', "of another format"),
        ("{", "[", "no manifest"),
    ],
)
def test_a_manifest_that_was_changed_is_rejected(
    old: str, new_text: str, reason: str, broker: str, tmp_path: Path
) -> None:
    name = load(CAPTURE)
    backed_up(tmp_path, "--topic", name)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(old, new_text, 1))

    for command in (("restore", tmp_path), ("backup", tmp_path)):
        with pytest.raises(CommandError, match=reason):
            call(*command, "--topic", name)


def test_a_restore_needs_an_empty_topic_and_a_backup(broker: str, tmp_path: Path) -> None:
    name = load(CAPTURE)
    with pytest.raises(CommandError, match="holds no backup"):
        call("restore", tmp_path, "--topic", new_name())
    backed_up(tmp_path, "--topic", name)
    with pytest.raises(CommandError, match="holds records already"):
        call("restore", tmp_path, "--topic", name)


@pytest.mark.parametrize("full", [[], ["--full"]])
def test_a_backup_that_was_killed_goes_on_where_it_was(
    full: list[str], broker: str, tmp_path: Path
) -> None:
    name = new_topic(broker)
    directory = tmp_path / "backup"
    produce(broker, name, 10)
    backed_up(directory, "--topic", name)
    produce(broker, name, 5 * SEGMENT)
    with signaled(
        "SIGKILL", "backup", str(directory), "--topic", name, *full, KAFKA_BOOTSTRAP_SERVERS=broker
    ) as process:
        assert process.wait(DEADLINE) == -signal.SIGKILL
    held = json.loads((directory / "manifest.json").read_text())
    # A full one shows nothing before its end, the other what is whole.
    assert held["nextOffsets"]["0"] == (10 if full else 10 + 2 * SEGMENT)
    assert len(segments(directory)) > 2
    assert "checked" in call("backup", directory, "--check")

    done = backed_up(directory, "--topic", name, *full)

    assert done["records"] == 5 * SEGMENT + 10
    assert len(segments(directory)) == done["segments"]
    copy = restored(directory)
    assert replayed("--topic", copy) == replayed("--topic", name)


def test_two_backups_at_once_into_one_directory_are_rejected(broker: str, tmp_path: Path) -> None:
    name = new_topic(broker)
    produce(broker, name, 5 * SEGMENT)
    with signaled(
        "SIGSTOP", "backup", str(tmp_path), "--topic", name, KAFKA_BOOTSTRAP_SERVERS=broker
    ) as process:
        until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
        with pytest.raises(CommandError, match="Another backup is being taken"):
            backed_up(tmp_path, "--topic", name)
        process.send_signal(signal.SIGCONT)
        process.communicate()
        assert process.wait(DEADLINE) == 0
