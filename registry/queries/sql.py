"""Plain SQL on the connection that only reads, and what both databases spell differently."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

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
        cursor.execute(sql, cast(Any, params))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def fetch_row(sql: str, *params: object) -> tuple[Any, ...] | None:
    """The first row, or None."""
    with reading_connection().cursor() as cursor:
        cursor.execute(sql, cast(Any, params))
        first: tuple[Any, ...] | None = cursor.fetchone()
        return first


def fetch_number(sql: str, params: Sequence[object] = ()) -> int:
    """Of a statement that counts."""
    found = fetch_row(sql, *params)
    return int(found[0]) if found else 0


@contextmanager
def repeatable_read() -> Iterator[None]:
    """All that is read inside the block is of one moment of the journal."""
    with transaction.atomic(using=reading_alias()):
        if is_postgresql():
            with reading_connection().cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def bytewise(expression: str) -> str:
    """Ordered alike by both databases and by Java's, whatever the server's collation is."""
    return f'{expression} COLLATE "C"' if is_postgresql() else expression


def contains(expression: str) -> str:
    """A condition with one parameter: the part to be found, in that very case."""
    return f"{'strpos' if is_postgresql() else 'instr'}({expression}, %s) > 0"


def is_postgresql() -> bool:
    """Which of the two databases is read now."""
    return reading_connection().vendor == "postgresql"


def to_stored_group(group_id: str | None) -> str:
    return DEFAULT_GROUP if group_id is None else group_id


def from_stored_group(stored: str) -> str | None:
    return None if stored == DEFAULT_GROUP else stored
