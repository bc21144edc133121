"""Codes in the ledger: those of an earlier release's sentences, and the search for their words."""

import csv
import io
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connections

from journal.ledger.export import csv_lines, select_rows
from journal.ledger.filters import LedgerFilter, matching_rows
from journal.models import LedgerRow, Outcome, StoredTally, WorkerStatus
from journal.projection.remarks import (
    WORDS,
    Remark,
    RemarkCode,
    decode_remarks,
    encode_remarks,
    to_words,
)
from journal.projection.tally import read_tally

migration: Any = import_module("journal.migrations.0007_codes")

HASH = "a" * 64
TEN = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"
NOT_A_UUID = "the req header is not a UUID: a Java node would stop here"
#: Every sentence of the release before, and what is stored of it now.
SENTENCES = {
    "already in use: contentId 5": '[["id-in-use","contentId",5]]',
    "globalId moved from 3 to 12": '[["sequence-moved","globalId",3,12]]',
    f"content id 4 used twice; the first use counts, {HASH} is lost": (
        f'[["content-id-reused",4,"first","{HASH}"]]'
    ),
    "content id 4 used twice; the last use counts, h is lost; "
    "global ids that show the new one: 7, 8": (
        '[["content-id-reused",4,"last","h"],["content-replaced",7,8]]'
    ),
    "content id 4 used twice; the last use counts, h is lost; "
    f"global ids that show the new one: {TEN} and more; no req header": (
        '[["content-id-reused",4,"last","h"],'
        f'["content-replaced",{TEN.replace(" ", "")},null],["req-missing"]]'
    ),
    "content id 4 was used twice, this content is lost": '[["content-lost",4]]',
    "content id 4 was used twice": '[["content-contested",4]]',
    "its bytes are missing: no record before this one tells them": '[["bytes-missing"]]',
    "its id is taken: another version has the global id 9": '[["global-id-taken",9]]',
    "no version: global id 9 is there already": '[["no-version","global-id-exists",9]]',
    "no version: version 1; 2 is there already": '[["no-version","version-exists","1; 2"]]',
    "no version: the record names no state": '[["no-version","state-missing"]]',
    "no version: name or description is too long": '[["no-version","meta-data-too-long"]]',
    "no version: content id 3 is unknown": (
        '[["no-version","content-unknown",3],["content-missing",3]]'
    ),
    "holds the upgrade lock for version 2": '[["upgrade-lock-held",2]]',
    "holds the upgrade lock for version None": '[["upgrade-lock-held",null]]',
    "waits: node-1 holds the upgrade lock": '[["upgrade-lock-awaited","node-1"]]',
    "the topic is of version 2 from here on": '[["topic-version-raised",2]]',
    "no req header": '[["req-missing"]]',
    NOT_A_UUID: '[["req-invalid"]]',
    f"the topic is of version 2 from here on; {NOT_A_UUID}": (
        '[["topic-version-raised",2],["req-invalid"]]'
    ),
    "a sentence; that nobody knows": '[["text","a sentence; that nobody knows"]]',
    f"another; {NOT_A_UUID}": '[["text","another"],["req-invalid"]]',
    "": "",
}


def ledger_row(**columns: Any) -> LedgerRow:
    row = LedgerRow(**{
        "partition": 0,
        "timestamp": 0,
        "size": 1,
        "outcome": Outcome.APPLIED,
        **columns,
    })
    row.offset = 1 + LedgerRow.objects.count()
    row.save(using="journal", force_insert=True)
    return row


def carry_over() -> None:
    with connections["journal"].schema_editor() as editor:
        migration.carry_over(apps, editor)


def test_old_sentences_become_codes_with_the_same_words(
    each_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migration, "_BATCH_SIZE", 7)
    rows = {sentence: ledger_row(remark=sentence).id for sentence in SENTENCES}
    carry_over()
    stored = dict(LedgerRow.objects.values_list("id", "remark"))
    assert {sentence: stored[row_id] for sentence, row_id in rows.items()} == SENTENCES
    assert {to_words(decode_remarks(text)) for text in stored.values()} == set(SENTENCES)


def test_every_code_of_today_is_made_of_some_old_sentence() -> None:
    codes = {row.code for stored in SENTENCES.values() for row in decode_remarks(stored)} | {
        RemarkCode(str(row.arguments[0]))
        for stored in SENTENCES.values()
        for row in decode_remarks(stored)
        if row.code is RemarkCode.NO_VERSION
    }
    assert codes == set(RemarkCode) == set(WORDS)


def test_what_code_reads_of_reasons_and_summaries_gets_its_place(each_database: str) -> None:
    artifact, update, imported, comment = (
        ledger_row(
            type=3,
            outcome=Outcome.REJECTED,
            error="ContentNotFound",
            reason=f"No content with hash {HASH} was found.",
            remark="content id 4 was used twice, this content is lost",
        ),
        ledger_row(
            type=2,
            outcome=Outcome.NO_EFFECT,
            reason=f"no content has id 4 and hash {HASH}",
            remark="its bytes are missing: no record before this one tells them",
        ),
        ledger_row(type=3, outcome=Outcome.NO_EFFECT, reason="content id 3 is unknown"),
        ledger_row(type=16, action=1, summary="create comment 12 of orders v1"),
    )
    carry_over()
    for row in (artifact, update, imported, comment):
        row.refresh_from_db()
    assert artifact.error == "content-not-found"
    assert artifact.remark == f'[["content-missing","{HASH}"],["content-lost",4]]'
    assert to_words(decode_remarks(artifact.remark)) == (
        "content id 4 was used twice, this content is lost"
    )
    assert update.remark == f'[["content-missing","{HASH}"],["bytes-missing"]]'
    assert imported.remark == '[["content-missing",3]]'
    assert comment.result == 12


@pytest.mark.parametrize(
    ("summary", "artifact_type"),
    [
        ("create artifact orders v1, AVRO, global id 40", "AVRO"),
        ("update artifact a, b, v2, JSON, content 3, global id 41, group x, global id 4", "JSON"),
        ("create artifact orders v1, no type, global id 40", None),
        ("update artifact orders, state DISABLED", None),
    ],
)
def test_the_artifact_type_of_a_summary_gets_its_column(
    each_database: str, summary: str, artifact_type: str | None
) -> None:
    row = ledger_row(type=3, action=2 if summary.startswith("update") else 1, summary=summary)
    carry_over()
    row.refresh_from_db()
    assert row.artifact_type == artifact_type


def test_class_names_become_codes_and_unknown_ones_stay(each_database: str) -> None:
    known = ledger_row(outcome=Outcome.REJECTED, error="ArtifactAlreadyExists")
    unknown = ledger_row(outcome=Outcome.REJECTED, error="SomethingElse")
    StoredTally(
        id=1, document='{"refusals":{"ImpossibleRecord":{"count":2},"SomethingElse":{"count":1}}}'
    ).save(using="journal", force_insert=True)
    status = WorkerStatus(
        **dict.fromkeys(("pid", "beat"), 1),
        **dict.fromkeys(("is_caught_up", "is_broker_reachable"), False),
        **dict.fromkeys(("start_offsets", "end_offsets"), "{}"),
        trouble="gone",
        trouble_kind="TopicMissing",
    )
    status.save(using="journal", force_insert=True)
    carry_over()
    for row in (known, unknown, status):
        row.refresh_from_db()
    assert (known.error, unknown.error) == ("artifact-already-exists", "SomethingElse")
    assert status.trouble_kind == "topic-missing"
    refusals = read_tally(connections["default"]).refusals
    assert {code: rejections.count for code, rejections in refusals.items()} == {
        "impossible-record": 2,
        "SomethingElse": 1,
    }


@pytest.mark.parametrize(
    "text",
    [
        *("in use", "IN USE: ContentId 5", "contentId", "5"),
        *("already in use: contentId 5", "use: c", " contentId 5"),
    ],
)
def test_rows_are_found_by_words_of_their_remarks(each_database: str, text: str) -> None:
    row = ledger_row(remark=encode_remarks([Remark(RemarkCode.ID_IN_USE, ("contentId", 5))]))
    ledger_row(remark=encode_remarks([Remark(RemarkCode.SEQUENCE_MOVED, ("globalId", 3, 12))]))
    ledger_row(remark="")
    assert [match.id for match in matching_rows(LedgerFilter(words=(text,)))] == [row.id]


@pytest.mark.parametrize(
    "sentence", [sentence for sentence in SENTENCES if sentence and "None" not in sentence]
)
def test_rows_are_found_by_every_sentence(sqlite_database: str, sentence: str) -> None:
    rows = [ledger_row(remark=stored) for stored in SENTENCES.values() if stored]
    for words in sentence.split("; "):
        matches = set(matching_rows(LedgerFilter(words=(words,))).values_list("id", flat=True))
        shown = {row.id for row in rows if words in to_words(decode_remarks(row.remark))}
        assert shown <= matches


@pytest.mark.parametrize("text", ["in use: globalId", "twice in", "content-id", "null", "%"])
def test_rows_are_not_found_by_what_their_remarks_do_not_say(
    sqlite_database: str, text: str
) -> None:
    ledger_row(remark=encode_remarks([Remark(RemarkCode.ID_IN_USE, ("contentId", 5))]))
    assert not matching_rows(LedgerFilter(words=(text,))).exists()


def test_what_another_release_stored_is_shown_as_it_is() -> None:
    assert to_words(decode_remarks("already in use: contentId 5")) == "already in use: contentId 5"
    assert to_words(decode_remarks('[["from-the-future",7],["req-missing"]]')) == (
        "from-the-future 7; no req header"
    )


def test_the_csv_has_remarks_in_words_and_as_codes(sqlite_database: str) -> None:
    remark = Remark(RemarkCode.ID_IN_USE, ("contentId", 5))
    ledger_row(remark=encode_remarks([remark]), error="content-not-found")
    text = b"".join(csv_lines(select_rows(LedgerFilter()))).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["error"] == "content-not-found"
    assert row["remark"] == "already in use: contentId 5"
    assert row["remark_codes"] == '[["id-in-use","contentId",5]]'


def test_a_stored_argument_is_cut_and_has_no_nul() -> None:
    stored = encode_remarks([Remark(RemarkCode.CONTENT_MISSING, ("a\0" * 600,))])
    assert "\0" not in stored
    assert decode_remarks(stored)[0].arguments == ("a\ufffd" * 256,)
