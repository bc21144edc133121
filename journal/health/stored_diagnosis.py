"""The newest diagnosis, stored by the worker for pages and commands."""

import msgspec
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from msgspec import Struct

from journal.database.writer import Writer
from journal.health.findings import Finding, JournalPosition


class Diagnosis(Struct, frozen=True, rename={"made_at": "at"}):
    """`made_at` is in epoch ms."""

    made_at: int
    findings: tuple[Finding, ...]


_NO_DIAGNOSIS = Diagnosis(0, ())
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Diagnosis)


def carry_over_beginnings(
    before: Diagnosis, findings: tuple[Finding, ...], now: JournalPosition
) -> Diagnosis:
    """Make a diagnosis; findings also in the previous one keep their `since`."""
    since = {finding.code: finding.since for finding in before.findings}
    return Diagnosis(
        now.timestamp,
        tuple(
            msgspec.structs.replace(finding, since=since.get(finding.code) or now)
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
    """Add a finding to the stored diagnosis, unless its code is there."""
    row = writer.read("SELECT document FROM journal_diagnosis WHERE id = 1")
    stored = _NO_DIAGNOSIS if row is None else _decoder.decode(row[0])
    if all(present.code != finding.code for present in stored.findings):
        findings = (*stored.findings, finding)
        save_diagnosis(writer, carry_over_beginnings(stored, findings, now))


def load_diagnosis(database: BaseDatabaseWrapper = connection) -> Diagnosis:
    """Return an empty diagnosis before the first one; raises django.db.DatabaseError."""
    with database.cursor() as cursor:
        cursor.execute("SELECT document FROM journal_diagnosis WHERE id = 1")
        row = cursor.fetchone()
    return _NO_DIAGNOSIS if row is None else _decoder.decode(row[0])
