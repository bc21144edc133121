"""The upgrade protocol of 2.5.9 and later, followed without taking part."""

from dataclasses import replace

import pytest

from journal.health.state_digest import state_digest
from journal.models import LedgerRow, Outcome, UpgradeCommit, UpgraderState
from journal.projection.batches import AppliedRecords
from journal.projection.handlers.upgrades import LOCK_TIMEOUT
from journal.projection.remarks import to_words
from journal.wire.messages import Action, Message, UpgraderKey, UpgraderValue
from tests.journals import DATA, apply_to_database, empty_database, read_journal, record
from tests.publishing import new_content

pytestmark = pytest.mark.usefixtures("each_database")
BOOTSTRAP, TRY = Action.UPGRADE_BOOTSTRAP, Action.UPGRADE_TRY_LOCK
ABORT, COMMIT = Action.UPGRADE_ABORT_AND_UNLOCK, Action.UPGRADE_COMMIT_AND_UNLOCK
BEAT, WAIT = Action.UPGRADE_LOCK_HEARTBEAT, Action.UPGRADE_WAIT_HEARTBEAT
BEGIN = 1_600_000_000_000


def say(*said: tuple[int, str | None, Action]) -> AppliedRecords:
    """(ms since the first, who, what) each, about version 2."""
    records = []
    for offset, (at, who, action) in enumerate(said):
        version = 2 if action in {TRY, COMMIT} else None
        message = Message(UpgraderKey("compact"), UpgraderValue(action, who, version))
        records.append(replace(record(message, offset), timestamp=BEGIN + at))
    return apply_to_database(records)


def remarks(applied: AppliedRecords) -> list[str]:
    return [to_words(effect.remarks) for _, effect in applied]


def test_the_first_to_try_holds_the_lock_and_commits() -> None:
    applied = say(
        (0, "one", BOOTSTRAP),
        (1, "one", TRY),
        (2, "two", BOOTSTRAP),
        (3, "two", TRY),
        (4, "one", BEAT),
        (5, None, WAIT),
        (6, "one", COMMIT),
    )

    assert all(effect.outcome is Outcome.APPLIED for _, effect in applied)
    assert [each for each in remarks(applied) if each] == [
        "holds the upgrade lock for version 2",
        "waits: one holds the upgrade lock",
        "the topic is of version 2 from here on",
    ]
    commit = UpgradeCommit.objects.get()
    assert (commit.offset, commit.upgrader_uuid, commit.version) == (6, "one", 2)


def test_a_holder_that_is_silent_for_too_long_loses_the_lock() -> None:
    applied = say((0, "one", TRY), (LOCK_TIMEOUT + 1, "two", TRY))

    assert remarks(applied)[1] == "holds the upgrade lock for version 2"


def test_a_heartbeat_keeps_the_lock() -> None:
    applied = say((0, "one", TRY), (LOCK_TIMEOUT, "one", BEAT), (LOCK_TIMEOUT + 1, "two", TRY))

    assert remarks(applied)[2] == "waits: one holds the upgrade lock"


def test_the_heartbeat_of_a_waiting_node_renews_no_lock() -> None:
    applied = say((0, "one", TRY), (LOCK_TIMEOUT, None, WAIT), (LOCK_TIMEOUT + 1, "two", TRY))

    assert remarks(applied)[2] == "holds the upgrade lock for version 2"


def test_who_aborts_lets_the_next_one_have_the_lock() -> None:
    applied = say((0, "one", TRY), (1, "two", TRY), (2, "one", ABORT), (3, "two", TRY))

    assert remarks(applied) == [
        "holds the upgrade lock for version 2",
        "waits: one holds the upgrade lock",
        "",
        "holds the upgrade lock for version 2",
    ]


def test_an_upgrade_changes_no_table_of_the_registry() -> None:
    apply_to_database([record(new_content(1, "a"), 0)])
    before = state_digest().value
    empty_database()

    say((0, "one", BOOTSTRAP), (1, "one", TRY), (2, "one", COMMIT))
    apply_to_database([record(new_content(1, "a"), 3)])

    assert state_digest().value == before


def test_a_recorded_upgrade_is_committed_by_its_one_holder() -> None:
    apply_to_database(read_journal(DATA / "journals" / "upgrade-after-restart.jsonl"))

    commit = UpgradeCommit.objects.get()
    holder = UpgraderState.objects.get(upgrader_uuid=commit.upgrader_uuid)
    assert (commit.version, holder.version, holder.tried_at_offset) == (2, 2, None)
    said = LedgerRow.objects.filter(type=18).exclude(remark="").order_by("offset")
    assert list(said.values_list("remark", flat=True)) == [
        '[["upgrade-lock-held",2]]',
        '[["topic-version-raised",2]]',
    ]
