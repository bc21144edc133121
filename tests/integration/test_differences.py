"""Two states of a registry compared: in one kind of database or in two, and by the command."""

import json
from collections.abc import Sequence

import pytest
from django.core.management import CommandError
from django.db import connection
from django.db.transaction import atomic

from journal.database.scratch import ScratchDatabase, scratch_database
from journal.kafka.records import Record
from journal.models import ContentView
from journal.projection.positions import Origin
from journal.projection.replay import DatabasePair, replay, replay_pair
from journal.wire.messages import Action
from registry.state.differences import RowChange, RowChangeKind, compare_states
from registry.state.digest import compute_digest
from tests.journals import DATA, apply_to_database, records
from tests.publishing import (
    artifact_rule,
    global_rule,
    new_artifact,
    new_content,
    new_version,
    version_record,
)
from tests.random_journals import random_journal
from tests.tools import call, load

JOURNAL = DATA / "journals" / "2.6.13.jsonl"


def filled(scratch: ScratchDatabase, journal: Sequence[Record]) -> None:
    replay([journal] if journal else [], {0: len(journal)}, Origin("t"), scratch, lambda done: None)


def changes(before: Sequence[Record], after: Sequence[Record]) -> list[RowChange]:
    with scratch_database() as old, scratch_database() as new:
        filled(old, before)
        filled(new, after)
        return list(compare_states(old.connection, new.connection))


@pytest.mark.usefixtures("sqlite_database")
def test_changes_are_described_in_order() -> None:
    begin = [
        new_content(1, "a"),
        new_content(2, "b"),
        new_artifact("orders", 1, "a"),
        artifact_rule("orders", Action.CREATE, "FULL"),
        global_rule(Action.CREATE, "FULL"),
    ]
    later = [
        new_version("orders", 2, "b"),
        version_record("orders", "1", Action.CLEAR),
        artifact_rule("orders", Action.UPDATE, "NONE"),
        global_rule(Action.DELETE),
    ]
    result = changes(records(*begin), records(*begin, *later))
    assert [item.summary for item in result] == [
        "artifact orders in group g: latest 1 → 2",
        "version 1 of artifact orders in group g, global id 1: name orders → none",
        "version 2 of artifact orders in group g, global id 2: new",
        "rule COMPATIBILITY of artifact orders in group g: configuration FULL → NONE",
        "global rule COMPATIBILITY: gone",
    ]
    assert [item.kind for item in result][-2:] == [RowChangeKind.CHANGED, RowChangeKind.GONE]


@pytest.mark.usefixtures("sqlite_database")
def test_bytes_are_described_by_length_and_hash() -> None:
    (change,) = changes(records(new_content(1, "a")), records(new_content(1, "b")))
    assert change.before is not None
    assert change.before["content"].startswith("1 bytes, SHA-256 ca978112ca1bbdca")
    assert change.summary.startswith("content 1: content hash hash of a → hash of b")


@pytest.mark.usefixtures("sqlite_database")
def test_other_tenants_are_named() -> None:
    result = changes([], records(global_rule(Action.CREATE, "FULL", tenant="t")))
    assert [item.summary for item in result] == ["global rule COMPATIBILITY, tenant t: new"]


@pytest.mark.parametrize("seed", range(3))
def test_databases_of_any_kind_agree(each_database: str, seed: int) -> None:
    """Django's present one and a scratch one, of the same journal and of another."""
    journal = random_journal(seed, 300)
    apply_to_database(journal)
    with scratch_database() as same, scratch_database() as other, atomic():
        filled(same, journal)
        filled(other, journal[:200])
        assert list(compare_states(connection, same.connection)) == []
        there = [change.summary for change in compare_states(other.connection, connection)]
        back = [change.summary for change in compare_states(connection, other.connection)]
        alike = [change.summary for change in compare_states(other.connection, same.connection)]
    assert there
    assert there == alike
    assert len(there) == len(back)


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("seed", range(4))
def test_two_replays_together_are_two_replays_apart(seed: int) -> None:
    journal = random_journal(seed, 200)
    rest = [item for item in journal if item.offset % 7 or item.offset < 50]
    with scratch_database() as whole, scratch_database() as part, scratch_database() as apart:
        left_out: list[int] = []
        replay_pair(
            [journal[:30], journal[30:90], journal[90:]],
            lambda record: record not in rest,
            Origin("t"),
            DatabasePair(whole, part),
            lambda read: left_out.append(read.record.offset),
        )
        filled(apart, rest)
        view = ContentView.FIRST_WINS.label
        assert compute_digest(part.connection, view) == compute_digest(apart.connection, view)
        assert left_out == [item.offset for item in journal if item not in rest]


@pytest.mark.usefixtures("sqlite_database")
def test_the_command_compares_two_offsets_of_a_dump() -> None:
    text = call("compare", "--dump", JOURNAL, "--from", 60, "--to", 100)
    assert "version 2 of artifact user1 in group g1, global id 12: state ENABLED → DISABLED" in text
    assert call("compare", "--dump", JOURNAL, "--from", 60, "--to", 60) == "Nothing changed.\n"


@pytest.mark.usefixtures("sqlite_database")
def test_the_command_compares_two_offsets_of_the_topic(broker: str) -> None:
    name = load(JOURNAL)
    text = call("compare", "--topic", name, "--from", "0:60", "--to", 100, "--json")
    of_dump = call("compare", "--dump", JOURNAL, "--from", 60, "--to", 100, "--json")
    assert text == of_dump
    assert {json.loads(line)["change"] for line in text.splitlines()} == {"new", "changed"}
    with pytest.raises(CommandError, match="has no partition 5"):
        call("compare", "--topic", name, "--from", 1, "--to", "5:1")
