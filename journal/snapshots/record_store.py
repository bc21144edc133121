"""The records of a dump in a SQLite file: found by position, read in their order."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from journal.kafka.records import Record

_BATCH_SIZE = 2000
_TABLE = (
    'CREATE TABLE record (id INTEGER PRIMARY KEY, partition INTEGER, "offset" INTEGER, '
    "timestamp INTEGER, timestamp_type TEXT, headers BLOB, key BLOB, value BLOB)"
)
_COLUMNS = 'partition, "offset", timestamp, timestamp_type, headers, key, value'
_encode_headers = msgspec.msgpack.Encoder().encode
_decode_headers = msgspec.msgpack.Decoder(tuple[tuple[str, bytes | None], ...]).decode


class RecordWriter:
    """Writes a new file, complete once it is closed."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(_TABLE)

    def write(self, records: Sequence[Record]) -> None:
        rows = [
            (
                record.partition,
                record.offset,
                record.timestamp,
                record.timestamp_type,
                _encode_headers(record.headers),
                record.key,
                record.value,
            )
            for record in records
        ]
        self._connection.execute("BEGIN")
        self._connection.executemany(
            f"INSERT INTO record ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows
        )
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.execute('CREATE INDEX place ON record (partition, "offset")')
        self._connection.close()


def read_stored_records(file: Path) -> Iterator[Sequence[Record]]:
    """Yield batches in the order of writing."""
    with closing(_open(file)) as connection:
        cursor = connection.execute(f"SELECT {_COLUMNS} FROM record ORDER BY id")
        while rows := cursor.fetchmany(_BATCH_SIZE):
            yield [_to_record(row) for row in rows]


def read_stored_record(file: Path, partition: int, offset: int) -> Record | None:
    with closing(_open(file)) as connection:
        sql = f'SELECT {_COLUMNS} FROM record WHERE partition = ? AND "offset" = ?'
        row = connection.execute(sql, (partition, offset)).fetchone()
    return None if row is None else _to_record(row)


def count_stored_records(file: Path) -> int:
    with closing(_open(file)) as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM record").fetchone()
        return int(count)


def _open(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _to_record(row: tuple[Any, ...]) -> Record:
    partition, offset, timestamp, timestamp_type, headers, key, value = row
    return Record(
        partition, offset, timestamp, timestamp_type, _decode_headers(headers), key, value
    )
