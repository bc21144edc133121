"""Loads and saves the tally's only row, in the transaction of the counted rows."""

import msgspec
from django.db.backends.base.base import BaseDatabaseWrapper

from journal.database.writer import Writer
from journal.projection.tally.tally import Tally

_SELECT = "SELECT document FROM journal_tally WHERE id = 1"
_decoder = msgspec.json.Decoder(Tally)
_encoder = msgspec.json.Encoder()


def load_tally(writer: Writer) -> Tally:
    """Load the tally; it is empty before the first record."""
    row = writer.read(_SELECT)
    return Tally() if row is None else _decoder.decode(row[0])


def save_tally(writer: Writer, tally: Tally) -> None:
    writer.write(
        "INSERT INTO journal_tally (id, document) VALUES (1, %s) "
        "ON CONFLICT (id) DO UPDATE SET document = excluded.document",
        _encoder.encode(tally).decode(),
    )


def read_tally(database: BaseDatabaseWrapper) -> Tally:
    """Read the committed tally; raises django.db.DatabaseError."""
    with database.cursor() as cursor:
        cursor.execute(_SELECT)
        row = cursor.fetchone()
    return Tally() if row is None else _decoder.decode(row[0])
