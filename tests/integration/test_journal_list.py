"""Windows of the ledger, what came after one, and the records of a selection as a file."""

import csv
import io

import pytest

from journal.dumps.reading import DumpReader
from journal.kafka.loader import load_records
from journal.ledger.filters import LedgerFilter
from journal.ledger.windows import (
    WindowStart,
    count_matches,
    load_new_rows,
    load_window,
    row_id_at,
    row_id_at_time,
)
from journal.models import LedgerRow, Outcome
from journal.wire.messages import MessageType
from tests.journals import DATA, apply_to_database, read_journal
from tests.own_node import Client

RECORDED = DATA / "journals" / "2.6.13.jsonl"
FILTERS = (
    LedgerFilter(),
    LedgerFilter(types=(MessageType.ARTIFACT, MessageType.GROUP)),
    LedgerFilter(outcomes=(Outcome.NO_EFFECT, Outcome.REJECTED)),
    LedgerFilter(words=("USER1", "g1")),
    LedgerFilter(groups=("default",)),
    LedgerFilter(artifacts=("user1",)),
    LedgerFilter(content_ids=(3,)),
    LedgerFilter(global_ids=(12,)),
    LedgerFilter(partition=0, offsets=(20, 40)),
)


@pytest.fixture
def applied(each_database: str) -> None:
    apply_to_database(read_journal(RECORDED))


def walked(where: LedgerFilter, limit: int) -> tuple[list[int], list[int]]:
    """The offsets of all windows downwards, and upwards."""
    down: list[int] = []
    part = load_window(where, WindowStart(), limit, is_folded=False)
    down += [entry.row.offset for entry in part.entries]
    while part.older:
        part = load_window(where, WindowStart(before=part.oldest), limit, is_folded=False)
        down += [entry.row.offset for entry in part.entries]
    up: list[int] = []
    after, is_more = part.first - 1, True
    while is_more:
        part = load_window(where, WindowStart(after=after), limit, is_folded=False)
        up = [entry.row.offset for entry in part.entries] + up
        after, is_more = part.newest, part.newer
    return down, up


@pytest.mark.usefixtures("applied")
def test_windows_meet_without_a_gap_or_a_double(monkeypatch: pytest.MonkeyPatch) -> None:
    # So few that a search that goes through every row takes several windows.
    monkeypatch.setattr("journal.ledger.windows.SCAN_LIMIT", 25)
    for where in FILTERS:
        down, up = walked(where, 7)
        assert down == up == sorted(down, reverse=True), where
        assert len(down) == count_matches(where).records > 0, where


@pytest.mark.usefixtures("applied")
def test_a_count_includes_the_number_of_rows_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("journal.ledger.windows._COUNT_LIMIT", 50)
    found = count_matches(LedgerFilter(words=("import",)))
    rows = LedgerRow.objects.filter(offset__gte=127, summary__contains="import")
    assert (found.examined, found.total, found.records) == (50, 177, rows.count())
    assert count_matches(LedgerFilter(types=(MessageType.GROUP,))).is_whole


@pytest.mark.usefixtures("applied")
def test_news_are_all_or_the_newest_with_an_exact_count() -> None:
    few = load_new_rows(LedgerFilter(), 170, 60, is_folded=False)
    assert (few.records, few.window.records, few.window.oldest) == (7, 7, 171)
    many = load_new_rows(LedgerFilter(), 5, 60, is_folded=False)
    assert (many.records, many.window.records, many.window.newest) == (172, 60, 177)
    assert load_new_rows(LedgerFilter(words=("nothing",)), 0, 60, is_folded=True).records == 0


@pytest.mark.usefixtures("applied")
def test_places_are_found_by_offset_and_by_time() -> None:
    assert row_id_at(0, 40) == 41
    assert row_id_at(0, 10**12) == 177
    assert row_id_at(3, 1) is None
    row = LedgerRow.objects.get(offset=90)
    assert row_id_at_time(row.timestamp) == row.id
    assert row_id_at_time(10**15) == 177
    assert row_id_at_time(1) is None


@pytest.mark.usefixtures("applied")
def test_an_artifacts_row_names_the_content_that_it_was_applied_with() -> None:
    named = dict(LedgerRow.objects.filter(type=3, action=1).values_list("offset", "content_id"))
    assert (named[12], named[14], named[41]) == (2, 2, 3)


def texts(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def known(node_on_each: None, kafka: str, topic: str) -> Client:
    """A node that has applied a recorded journal from its topic."""
    with (DATA / "captures" / "2.6.13.jsonl").open("rb") as dump:
        lines = list(DumpReader(dump))
    load_records({"bootstrap.servers": kafka}, topic, lines)
    while LedgerRow.objects.count() < len(lines):
        pass
    return Client(headers={"host": "localhost"})


def test_an_export_can_be_loaded_as_it_was(known: Client) -> None:
    with (DATA / "captures" / "2.6.13.jsonl").open("rb") as dump:
        before = [(line.key, line.value, line.headers) for line in DumpReader(dump)]
    for form in ("envelope", "jsonl"):
        answer = known.get(f"/ui/journal/export/file?form={form}")
        lines = b"".join(answer.streaming_content).splitlines(keepends=True)  # type: ignore[attr-defined]
        assert [(line.key, line.value, line.headers) for line in DumpReader(lines)] == before
    answer = known.get("/ui/journal/export/file?form=csv&q=type:Group")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))  # type: ignore[attr-defined]
    assert {row["type"] for row in rows} == {"Group"}
    assert len(rows) == LedgerRow.objects.filter(type=6).count()
    assert known.get("/ui/journal/export/file?form=exe").status_code == 400
    page = texts(known, "/ui/journal/export?q=type:Group")
    assert "All of them are on the topic still." in page
    # What compaction took has a row, and no bytes.
    LedgerRow.objects.using("journal").filter(offset=5).update(offset=10_000)
    page = texts(known, "/ui/journal/export?view=records")
    assert "1 of 177 records are gone" in page
    assert "0:10000" in page


def test_a_formula_is_not_given_to_spreadsheets(sqlite_database: str) -> None:
    apply_to_database(read_journal(RECORDED))
    LedgerRow.objects.using("journal").filter(offset=12).update(artifact_id="=1+1")
    client = Client(headers={"host": "localhost"})
    answer = client.get("/ui/journal/export/file?form=csv&pick=13")
    (row,) = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))  # type: ignore[attr-defined]
    assert row["artifact_id"] == "'=1+1"
