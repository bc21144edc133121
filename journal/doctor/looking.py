"""Plain SQL on one connection, and the look-ups that cost the same in a journal of any size."""

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


class Look:
    """Every method raises django.db.DatabaseError."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def one(self, sql: str, *params: str | int) -> Any:
        """The first row's first column, or None."""
        rows = self.all(sql, *params)
        return rows[0][0] if rows else None

    def all(self, sql: str, *params: str | int) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def tenants(self, table: str) -> Iterator[str]:
        """From one index entry to the next, where DISTINCT would read them all."""
        tenant = self.one(f"SELECT MIN(tenant_id) FROM {table}")
        while tenant is not None:
            yield tenant
            tenant = self.one(f"SELECT MIN(tenant_id) FROM {table} WHERE tenant_id > %s", tenant)
