"""The records of a dump in a file of their own: found by position, read again in their order."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from journal.dumps.reading import DumpRecord, dump_record
from journal.kafka.records import Record

_BATCH = 2000
_TABLE = (
    'CREATE TABLE record (id INTEGER PRIMARY KEY, partition INTEGER, "offset" INTEGER, '
    "timestamp INTEGER, timestamp_type TEXT, headers BLOB, key BLOB, value BLOB)"
)
_COLUMNS = 'partition, "offset", timestamp, timestamp_type, headers, key, value'
_encode = msgspec.msgpack.Encoder().encode
_headers = msgspec.msgpack.Decoder(tuple[tuple[str, bytes | None], ...]).decode


class RecordWriter:
    """Takes records into a new file, which is of use once it is closed."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=OFF")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(_TABLE)

    def keep(self, records: Sequence[Record]) -> None:
        rows = [
            (
                each.partition,
                each.offset,
                each.timestamp,
                each.timestamp_type,
                _encode(each.headers),
                each.key,
                each.value,
            )
            for each in records
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
    """As they came, some at a time."""
    with closing(_opened(file)) as connection:
        cursor = connection.execute(f"SELECT {_COLUMNS} FROM record ORDER BY id")
        while rows := cursor.fetchmany(_BATCH):
            yield [_record(row) for row in rows]


def read_stored_record(file: Path, partition: int, offset: int) -> Record | None:
    with closing(_opened(file)) as connection:
        sql = f'SELECT {_COLUMNS} FROM record WHERE partition = ? AND "offset" = ?'
        row = connection.execute(sql, (partition, offset)).fetchone()
    return None if row is None else _record(row)


class StoredRecords:
    """The same for loading; `journal.kafka.consumer.Loadables`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with closing(_opened(file)) as connection:
            (self._count,) = connection.execute("SELECT COUNT(*) FROM record").fetchone()

    def __len__(self) -> int:
        return int(self._count)

    def __iter__(self) -> Iterator[DumpRecord]:
        for records in read_stored_records(self._file):
            yield from map(dump_record, records)


def _opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _record(row: tuple[Any, ...]) -> Record:
    partition, offset, timestamp, timestamp_type, headers, key, value = row
    return Record(partition, offset, timestamp, timestamp_type, _headers(headers), key, value)
