"""Plain SQL on the read-only connection, with the differences of the two databases."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction

from registry.connections import reading_alias, reading_connection
from registry.models import DEFAULT_GROUP

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of `count` items."""

    count: int
    items: tuple[T, ...]


def fetch_rows(sql: str, *params: object) -> list[tuple[Any, ...]]:
    with reading_connection().cursor() as cursor:
        cursor.execute(sql, _without_nuls(params))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def fetch_row(sql: str, *params: object) -> tuple[Any, ...] | None:
    """Return the first row, or None."""
    with reading_connection().cursor() as cursor:
        cursor.execute(sql, _without_nuls(params))
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def replace_nul(text: str) -> str:
    """Replace NULs as the projection does before it stores a text; PostgreSQL takes none."""
    return text.replace("\0", "\ufffd")


def _without_nuls(params: Sequence[object]) -> Any:
    if not any(isinstance(param, str) and "\0" in param for param in params):
        return params
    return [replace_nul(param) if isinstance(param, str) else param for param in params]


def fetch_number(sql: str, params: Sequence[object] = ()) -> int:
    """Return the number selected by a statement; 0 without a row."""
    row = fetch_row(sql, *params)
    return int(row[0]) if row else 0


@contextmanager
def repeatable_read() -> Iterator[None]:
    """Let all reads inside the block read one state of the tables."""
    with transaction.atomic(using=reading_alias()):
        if is_postgresql():
            with reading_connection().cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def bytewise(expression: str) -> str:
    """Order an expression by bytes, as SQLite and Java do, for any collation of the server."""
    return f'{expression} COLLATE "C"' if is_postgresql() else expression


def contains(expression: str) -> str:
    """Return a condition with one parameter, a case-sensitive part of the text."""
    return f"{'strpos' if is_postgresql() else 'instr'}({expression}, %s) > 0"


def is_postgresql() -> bool:
    """Return whether the database being read is PostgreSQL."""
    return reading_connection().vendor == "postgresql"


def to_stored_group(group_id: str | None) -> str:
    return DEFAULT_GROUP if group_id is None else group_id


def from_stored_group(stored: str) -> str | None:
    return None if stored == DEFAULT_GROUP else stored
