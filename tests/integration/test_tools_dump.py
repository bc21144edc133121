"""dump and load_dump on a real topic: what goes out comes back, and what doesn't is said."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from journal.dumps.reading import read_ordered
from journal.kafka.records import Record
from journal.kafka.topics import TopicAdmin
from tests.journals import DATA
from tests.tools import call, load, new_name, started
from tests.waiting import DEADLINE

CAPTURE = DATA / "captures" / "2.1.3.jsonl"
INCIDENT = DATA / "incident-dump.jsonl"


def dump(topic: str, file: Path, *more: str) -> str:
    """What it says on stderr."""
    err = StringIO()
    call_command("dump", "--topic", topic, "--output", str(file), *more, stderr=err)
    return err.getvalue()


def records(file: Path) -> list[Record]:
    with file.open("rb") as lines:
        return list(read_ordered(lines))


def contents(file: Path) -> list[Any]:
    return [(each.key, each.value, each.headers, each.timestamp) for each in records(file)]


@pytest.mark.parametrize("form", ["jsonl", "envelope-base64", "envelope"])
def test_what_is_loaded_and_dumped_is_what_it_was(form: str, broker: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    one = load(CAPTURE)
    dump(one, first, "--format", form)
    other = load(first)
    dump(other, second, "--format", form)

    assert contents(first) == contents(second) == contents(CAPTURE)


def test_the_envelope_of_a_topic_is_kcats(broker: str, tmp_path: Path) -> None:
    name = load(CAPTURE)
    said = dump(name, tmp_path / "dump", "--format", "envelope")

    theirs = (
        (DATA / "captures" / "2.1.3-kcat.jsonl")
        .read_bytes()
        .replace(b'"broker":1,', b'"broker":-1,')
    )
    ours = (tmp_path / "dump").read_bytes().replace(name.encode(), b"kafkasql-journal")
    assert ours == theirs
    assert "records hold bytes that are no text" in said
    assert "will not be loaded" not in said


def test_a_topic_made_for_a_dump_keeps_times_and_takes_its_own_from_then_on(
    broker: str, tmp_path: Path
) -> None:
    name = new_name()
    said = call("load_dump", INCIDENT, "--topic", name)
    dump(name, tmp_path / "dump")

    assert [each[3] for each in contents(tmp_path / "dump")] == [
        each[3] for each in contents(INCIDENT)
    ]
    config = TopicAdmin(settings.KAFKA_PROPERTIES, name).config()
    assert config["message.timestamp.type"] == "LogAppendTime"
    assert "times of the records were replaced" not in said


def test_a_topic_that_replaces_timestamps_is_reported(
    broker: str, topic: str, tmp_path: Path
) -> None:
    assert "times of the records were replaced" in call("load_dump", INCIDENT, "--topic", topic)


def test_closed_gaps_are_reported_with_the_old_offsets(broker: str) -> None:
    said = call("load_dump", INCIDENT, "--topic", new_name())
    assert "Partition 0: offsets 0 to 13, without 2, 4, are now 0 to 11." in said

    told = json.loads(call("load_dump", INCIDENT, "--topic", new_name(), "--json"))
    assert (told["loaded"], told["rebuilt"], told["timesKept"]) == (12, 3, True)
    assert told["partitions"][0]["runs"] == [
        {"old": 0, "new": 0, "count": 2},
        {"old": 3, "new": 2, "count": 1},
        {"old": 5, "new": 3, "count": 9},
    ]


def test_a_stretch_is_dumped_from_its_first_offset_up_to_its_end(
    broker: str, tmp_path: Path
) -> None:
    name, file = load(CAPTURE), tmp_path / "dump"
    dump(name, file, "--from", "3", "--to", "0:7")
    assert [each.offset for each in records(file)] == [3, 4, 5, 6]

    dump(name, file, "--from", "100000")
    assert records(file) == []


@pytest.mark.parametrize("given", ["x", "-1", "0:", ":1", "0:1,"])
def test_an_invalid_offset_is_rejected(given: str, broker: str) -> None:
    with pytest.raises(CommandError, match="is not an offset"):
        call_command("dump", f"--from={given}")


def test_a_partition_that_the_topic_does_not_have_is_rejected(
    broker: str, topic: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="no partition 4"):
        dump(topic, tmp_path / "dump", "--to", "4:1")
    assert list(tmp_path.iterdir()) == []


def test_a_topic_that_is_missing_or_not_empty_is_rejected(broker: str, tmp_path: Path) -> None:
    name = new_name()
    with pytest.raises(CommandError, match=name):
        dump(name, tmp_path / "dump")
    name = load(INCIDENT)
    with pytest.raises(CommandError, match="holds records already"):
        call("load_dump", INCIDENT, "--topic", name)


def test_a_dump_may_be_read_in_part(broker: str) -> None:
    name = load(CAPTURE)
    with started("dump", "--topic", name, KAFKA_BOOTSTRAP_SERVERS=broker) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(DEADLINE) == 0


def test_a_load_that_fails_in_the_middle_says_what_is_left(broker: str) -> None:
    name = new_name()
    TopicAdmin({"bootstrap.servers": broker}, name).create(config={"max.message.bytes": "300"})
    with pytest.raises(CommandError, match=r"(?i)size.*may hold a part of the records"):
        call("load_dump", CAPTURE, "--topic", name)
