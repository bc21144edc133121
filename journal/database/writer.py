"""The one connection that may write: plain SQL, as the driver takes it.

Statements are spelled with %s; there is no ORM here since replay is bound by SQL.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain
from typing import Any

from django.db.utils import ConnectionHandler

#: What PostgreSQL's followers listen to.
CHANNEL = "annals_applied"
#: Rows of a statement; SQLite takes 32,766 parameters.
_LOT = 1024


def _in_lots(rows: Sequence[tuple[object, ...]]) -> Iterator[Sequence[tuple[object, ...]]]:
    """Of powers of two, so that a few statements serve for any number of rows."""
    start, size = 0, _LOT
    while start < len(rows):
        while size > len(rows) - start:
            size //= 2
        yield rows[start : start + size]
        start += size


@cache
def _with_question_marks(sql: str) -> str:
    return sql.replace("%s", "?")


class Writer:
    """A private read-write connection of the thread that made it."""

    def __init__(self, database: dict[str, Any]) -> None:
        handler = ConnectionHandler({"default": database})
        self._wrapper: Any = handler["default"]
        self._wrapper.ensure_connection()
        self._raw: Any = self._wrapper.connection
        self.is_sqlite: bool = self._wrapper.vendor == "sqlite"

    @property
    def constraint_errors(self) -> tuple[type[Exception], ...]:
        """What the driver raises when a row cannot be taken, whoever asks and however often."""
        database = self._wrapper.Database
        return (database.IntegrityError, database.DataError, OverflowError, UnicodeEncodeError)

    def read(self, sql: str, *params: object) -> Any:
        """The first row, or None."""
        return self._execute(sql, params).fetchone()

    def read_all(self, sql: str, *params: object) -> list[Any]:
        rows: list[Any] = self._execute(sql, params).fetchall()
        return rows

    def write(self, sql: str, *params: object) -> int:
        """Returns how many rows it changed."""
        count: int = self._execute(sql, params).rowcount
        return count

    def insert(self, sql: str, *params: object) -> int:
        """Returns the new row's id."""
        row = self._execute(f"{sql} RETURNING id", params).fetchone()
        return int(row[0])

    def highest_id(self, table: str) -> int:
        return self.read(f"SELECT MAX(id) FROM {table}")[0] or 0

    def read_matching(
        self,
        table: str,
        by: Sequence[str],
        places: Sequence[tuple[object, ...]],
        columns: Sequence[str],
    ) -> Iterator[Any]:
        """The rows whose text columns `by` hold one of these places: `by`, then `columns`."""
        names = ", ".join(f"t.{name}" for name in (*by, *columns))
        match = " AND ".join(f"t.{name} = p.column{at}" for at, name in enumerate(by, 1))
        place = f"({', '.join(['%s'] * len(by))})"
        for some in _in_lots(places):
            listed = ", ".join([place] * len(some))
            sql = f"SELECT {names} FROM (VALUES {listed}) p JOIN {table} t ON {match}"
            yield from self._execute(sql, list(chain.from_iterable(some))).fetchall()

    def insert_many(self, table: str, columns: str, rows: Sequence[tuple[object, ...]]) -> None:
        """In bulk, without the interpreter's lock: another thread may run meanwhile."""
        if not self.is_sqlite:
            with (
                self._raw.cursor() as cursor,
                cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy,
            ):
                for row in rows:
                    copy.write_row(row)
            return
        place = f"({', '.join('?' * len(rows[0]))})"
        for some in _in_lots(rows):
            sql = f"INSERT INTO {table} ({columns}) VALUES {', '.join([place] * len(some))}"
            self._raw.execute(sql, list(chain.from_iterable(some)))

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
        """Wakes followers in other processes at the commit; SQLite has no such thing."""
        if not self.is_sqlite:
            self._execute(f"NOTIFY {CHANNEL}", ())

    def checkpoint(self) -> None:
        """Copies SQLite's write-ahead log back, as far as no reader is in the way."""
        if self.is_sqlite:
            self._execute("PRAGMA wal_checkpoint(PASSIVE)", ()).fetchall()

    def release_cache(self) -> None:
        """Gives SQLite's page cache back, which replay filled and live records hardly need."""
        if self.is_sqlite:
            self._execute("PRAGMA shrink_memory", ())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end; rolls back if the block raises."""
        self._execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN", ())
        try:
            yield
            # Foreign keys are looked at here, and SQLite leaves a refused transaction open.
            self._execute("COMMIT", ())
        except BaseException:
            if self._is_open():
                self._execute("ROLLBACK", ())
            raise

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undoes the block alone if it raises."""
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
        """On a full disk SQLite ends the transaction itself; what it said of that must be heard."""
        return not self.is_sqlite or bool(self._wrapper.connection.in_transaction)

    def close(self) -> None:
        self._wrapper.close()
