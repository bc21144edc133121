"""The newest diagnosis as the worker keeps it, for pages and commands to read in one look."""

import msgspec
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import Struct

from journal.database.writer import Writer
from journal.health.findings import Finding, JournalPosition


class Diagnosis(Struct, frozen=True):
    """`at` is when the tables were looked at, in epoch ms."""

    at: int
    findings: tuple[Finding, ...]


_NOTHING = Diagnosis(0, ())
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Diagnosis)


def carry_over_beginnings(
    before: Diagnosis, findings: tuple[Finding, ...], now: JournalPosition
) -> Diagnosis:
    """What was found before keeps its beginning; what is new began `now`."""
    began = {finding.code: finding.began for finding in before.findings}
    return Diagnosis(
        now.at,
        tuple(
            msgspec.structs.replace(finding, began=began.get(finding.code) or now)
            for finding in findings
        ),
    )


def save_diagnosis(writer: Writer, diagnosis: Diagnosis) -> None:
    writer.write(
        "INSERT INTO journal_diagnosis (id, document) VALUES (1, %s) "
        "ON CONFLICT (id) DO UPDATE SET document = excluded.document",
        _encoder.encode(diagnosis).decode(),
    )


def add_finding(writer: Writer, finding: Finding, now: JournalPosition) -> None:
    """To what is kept; one of its code that is there already stays, with its beginning."""
    row = writer.read("SELECT document FROM journal_diagnosis WHERE id = 1")
    kept = _NOTHING if row is None else _decoder.decode(row[0])
    if all(each.code != finding.code for each in kept.findings):
        save_diagnosis(writer, carry_over_beginnings(kept, (*kept.findings, finding), now))


def load_diagnosis(database: BaseDatabaseWrapper = connection) -> Diagnosis:
    """Empty before the first one; raises django.db.DatabaseError."""
    with database.cursor() as cursor:
        cursor.execute("SELECT document FROM journal_diagnosis WHERE id = 1")
        row = cursor.fetchone()
    return _NOTHING if row is None else _decoder.decode(row[0])
