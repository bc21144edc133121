"""The tally of a journal is the same however its records came, and says what is not there."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.db import connections

from journal.kafka.records import Record
from journal.models import ContentView
from journal.projection.tally import Category, Tally, read_tally
from journal.wire.messages import Action, ArtifactKey, ContentKey, ContentValue, Message
from registry.references import content_hash
from tests.integration.test_diagnose import draw, use
from tests.journals import DATA, apply_to_database, empty_database, read_journal, records
from tests.random_journals import random_journal, seeds


def tally_of(journal: Iterable[Record], batch: int, view: ContentView) -> Tally:
    empty_database()
    apply_to_database(journal, batch, view)
    return read_tally(connections["default"])


def with_gaps(journal: list[Record]) -> list[Record]:
    return [each for each in journal if each.offset % 17 and each.offset % 50 > 2]


@pytest.mark.parametrize("seed", seeds(2, 6))
@pytest.mark.parametrize("view", ContentView)
@pytest.mark.usefixtures("sqlite_database")
def test_batches_and_restarts_change_nothing(seed: int, view: ContentView) -> None:
    journal = with_gaps(random_journal(seed, 1200))
    one_by_one = tally_of(journal, 1, view)
    assert sum(each.records for each in one_by_one.types.values()) == len(journal)
    for batch in (7, 100, 5000):
        assert tally_of(journal, batch, view) == one_by_one
    empty_database()
    for start, end in ((0, 1), (1, 300), (300, 301), (301, len(journal))):
        apply_to_database(journal[start:end], view=view)
    assert read_tally(connections["default"]) == one_by_one


@pytest.mark.usefixtures("each_database")
def test_a_tally_counts_what_the_ledger_has() -> None:
    journal = with_gaps(random_journal(7, 600))
    tally = tally_of(journal, 100, ContentView.LAST_WINS)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT error, COUNT(*) FROM journal_ledgerrow WHERE outcome = 3 GROUP BY 1")
        assert dict(cursor.fetchall()) == {k: v.count for k, v in tally.refusals.items()}
        cursor.execute("SELECT type, COUNT(*), SUM(size) FROM journal_ledgerrow GROUP BY 1")
        counted = {kind: (each.records, each.bytes) for kind, each in tally.types.items()}
        assert {row[0]: (row[1], int(row[2])) for row in cursor.fetchall()} == counted


BODY = b'{"type":"string"}'
HASH = content_hash(BODY, None)


def content(content_id: int, action: Action, body: bytes | None = BODY) -> Message:
    return Message(ContentKey("_", HASH, content_id), ContentValue(action, "c" * 64, body, None))


def tallied(*messages: Message) -> Tally:
    return tally_of(records(*messages), 100, ContentView.FIRST_WINS)


@pytest.mark.usefixtures("sqlite_database")
class TestContents:
    def test_an_update_of_a_content_that_is_there_is_harmless(self) -> None:
        said = content(1, Action.CREATE), content(1, Action.UPDATE, None)
        assert not tallied(*draw(), *said).empty

    def test_an_update_is_all_that_is_left(self) -> None:
        tally = tallied(*draw(), content(1, Action.UPDATE, None))
        assert list(tally.empty.places["_"]) == ["1"]

    def test_bytes_that_are_said_again_are_there(self) -> None:
        said = content(1, Action.UPDATE, None), content(1, Action.CREATE)
        assert not tallied(*draw(), *said).empty

    def test_a_version_names_what_nobody_supplied(self) -> None:
        supplied, version = use(1)
        hashed = content_hash(b'{"number":1}', None)
        assert list(tallied(*draw(), version).unknown.places["_"]) == [hashed]
        assert not tallied(*draw(), version, supplied).unknown

    def test_an_imported_version_names_what_nobody_supplied(self) -> None:
        _, version = use(4, action=Action.IMPORT)
        assert list(tallied(version).unknown.places["_"]) == ["id 4"]

    def test_an_upload_whose_id_was_in_use_is_told_apart(self) -> None:
        tally = tally_of(
            read_journal(DATA / "journals" / "bug-after-restart-writes.jsonl"),
            100,
            ContentView.FIRST_WINS,
        )
        assert not tally.unknown
        (lost,) = tally.dropped.places["_"].values()
        assert lost.offset == 17


@pytest.mark.usefixtures("sqlite_database")
class TestDraws:
    def of_contents(self, *messages: Message) -> Any:
        return next(
            each
            for name, each in tallied(*messages).draws["_"].items()
            if name.value == "contentId"
        )

    def test_contents_that_are_said_anew_draw_nothing(self) -> None:
        uploads = [*draw(), *use(1), *draw(), *use(2)]
        again = [use(1)[0], use(2)[0]]
        assert self.of_contents(*uploads, *again).lacking == 0

    def test_a_content_said_anew_between_a_draw_and_its_use_takes_nothing(self) -> None:
        draws = self.of_contents(*draw(), *use(1), *draw(), use(1)[0], *use(2))
        assert (draws.lacking, draws.fresh, draws.spare) == (0, 0, 0)

    def test_a_draw_whose_id_was_in_use_is_used_up(self) -> None:
        lost = content(1, Action.CREATE, b"1")
        draws = self.of_contents(*draw(), use(1)[0], content(1, Action.CREATE), *draw(), lost)
        assert draws.fresh == 0


@pytest.mark.usefixtures("sqlite_database")
def test_a_global_id_in_use_is_distinguished_from_an_artifact_that_exists() -> None:
    first, (_, again) = use(1), use(1)
    other = Message(ArtifactKey("_", None, "another", "n"), again.value)
    tally = tallied(*draw(), *first, other, again)
    assert tally.refusals["artifact-already-exists"].count == 2
    assert [mark.offset for mark in tally.occurrences(Category.ID_TAKEN).first] == [4]
