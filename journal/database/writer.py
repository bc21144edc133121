"""The only connection with write access: plain SQL, with %s for parameters.

No ORM: replay is bound by the statements for each record, and the ORM's share of their time is
the largest. Statements are constants in the code; values of records are always parameters.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any

from django.db.utils import ConnectionHandler

from journal.database.sqlite_file import FileWatch

#: The channel of PostgreSQL on which commits are notified.
CHANNEL = "annals_applied"
#: Rows of a statement; SQLite takes 32,766 parameters.
_MAX_ROWS = 1024


def _batches(rows: Sequence[tuple[object, ...]]) -> Iterator[Sequence[tuple[object, ...]]]:
    """Yield batches of 2^n rows: a few statements serve for any number of rows."""
    start, size = 0, _MAX_ROWS
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


@cache
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


class Writer:
    """A private read-write connection, for use on the thread of its creation only.

    `watch` is that of a SQLite file which other programs can reach.
    """

    def __init__(self, database: dict[str, Any], watch: FileWatch | None = None) -> None:
        handler = ConnectionHandler({"default": database})
        self._wrapper: Any = handler["default"]
        self._wrapper.ensure_connection()
        self._raw: Any = self._wrapper.connection
        self.is_sqlite: bool = self._wrapper.vendor == "sqlite"
        self._watch = watch

    @property
    def constraint_errors(self) -> tuple[type[Exception], ...]:
        """Return the exceptions for a row the database will never accept."""
        database = self._wrapper.Database
        errors = (database.IntegrityError, database.DataError, OverflowError, UnicodeEncodeError)
        # A value that is too long for an index; SQLite has no such limit.
        return errors if self.is_sqlite else (*errors, database.errors.ProgramLimitExceeded)

    def read(self, sql: str, *params: object) -> Any:
        """Return the first row, or None."""
        return self._execute(sql, params).fetchone()

    def read_all(self, sql: str, *params: object) -> list[Any]:
        rows: list[Any] = self._execute(sql, params).fetchall()
        return rows

    def write(self, sql: str, *params: object) -> int:
        """Run a statement and return the number of rows changed."""
        count: int = self._execute(sql, params).rowcount
        return count

    def insert(self, sql: str, *params: object) -> int:
        """Insert a row and return its id."""
        row = self._execute(f"{sql} RETURNING id", params).fetchone()
        return int(row[0])

    def highest_id(self, table: str) -> int:
        return self.read(f"SELECT MAX(id) FROM {table}")[0] or 0

    def read_matching(
        self,
        table: str,
        by: Sequence[str],
        values: Sequence[tuple[object, ...]],
        columns: Sequence[str],
    ) -> Iterator[Any]:
        """Yield `by`, then `columns`, of the rows with these values in the text columns `by`."""
        names = ", ".join(f"t.{name}" for name in (*by, *columns))
        match = " AND ".join(f"t.{name} = v.column{index}" for index, name in enumerate(by, 1))
        marks = f"({', '.join(['%s'] * len(by))})"
        for batch in _batches(values):
            rows = ", ".join([marks] * len(batch))
            sql = f"SELECT {names} FROM (VALUES {rows}) v JOIN {table} t ON {match}"
            yield from self._execute(sql, list(chain.from_iterable(batch))).fetchall()

    def insert_many(self, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert in bulk; other threads run meanwhile, since the drivers release the GIL."""
        if not self.is_sqlite:
            with (
                self._raw.cursor() as cursor,
                cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        marks = f"({', '.join('?' * len(rows[0]))})"
        for batch in _batches(rows):
            sql = f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(batch))}"
            self._raw.execute(sql, list(chain.from_iterable(batch)))

    def write_many(self, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self.is_sqlite:
            self._raw.executemany(_with_question_marks(sql), rows)
            return
        with self._raw.cursor() as cursor:
            cursor.executemany(sql, rows)

    def _execute(self, sql: str, params: Sequence[object]) -> Any:
        if self.is_sqlite:
            return self._raw.execute(_with_question_marks(sql), params)
        return self._raw.execute(sql, params or None)

    def notify(self) -> None:
        """Notify other processes at the commit; does nothing on SQLite."""
        if not self.is_sqlite:
            self._execute(f"NOTIFY {CHANNEL}", ())

    def check_file(self) -> None:
        """Raise TablesSpoilt or sqlite3.DatabaseError if SQLite's file can't be used any more."""
        if self._watch is not None:
            self._watch.check_readable()

    def checkpoint(self) -> None:
        """Copy SQLite's write-ahead log into the database, up to the part in use by readers."""
        if self.is_sqlite:
            self._execute("PRAGMA wal_checkpoint(PASSIVE)", ()).fetchall()

    def release_cache(self) -> None:
        """Release SQLite's page cache, full after a replay and barely needed for live records."""
        if self.is_sqlite:
            self._execute("PRAGMA shrink_memory", ())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end of the block, or roll back if it raises.

        Raises TablesSpoilt rather than commit to a file that was deleted or replaced.
        """
        self._execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN", ())
        try:
            yield
            if self._watch is not None:
                self._watch.check()
            # Foreign keys are checked here, and SQLite leaves a rejected transaction open.
            self._execute("COMMIT", ())
        except BaseException:
            if self._is_open():
                self._execute("ROLLBACK", ())
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Roll back the block alone if it raises."""
        self._execute("SAVEPOINT record", ())
        try:
            yield
        except BaseException:
            if self._is_open():
                self._execute("ROLLBACK TO SAVEPOINT record", ())
                self._execute("RELEASE SAVEPOINT record", ())
            raise
        self._execute("RELEASE SAVEPOINT record", ())

    def _is_open(self) -> bool:
        # On a full disk SQLite ends the transaction itself; a ROLLBACK would then hide its error.
        return not self.is_sqlite or bool(self._wrapper.connection.in_transaction)

    def close(self) -> None:
        self._wrapper.close()
