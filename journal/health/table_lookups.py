"""Plain SQL on one connection: sequences and ids in use, by index in a journal of any size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from journal.health.observations import SequenceState
from journal.projection.tally import IdDraws, Tally
from registry.models import SequenceName


class TableLookups:
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


_ID_TABLES = {
    SequenceName.CONTENT_ID: ("registry_content", "content_id"),
    SequenceName.GLOBAL_ID: ("registry_version", "global_id"),
}

#: More digits than a number of the database has are no id that a sequence draws.
_MOST_DIGITS = 18


_Place = tuple[str, SequenceName]


@dataclass(frozen=True)
class SequenceUsage:
    """By tenant and sequence: the highest id in use, and the sequence's value."""

    highest: Mapping[_Place, int]
    values: Mapping[_Place, int]

    def states(self, look: TableLookups, tally: Tally) -> tuple[SequenceState, ...]:
        return tuple(
            self._state(look, place, tally) for place in sorted({*self.highest, *self.values})
        )

    def _state(self, look: TableLookups, place: _Place, tally: Tally) -> SequenceState:
        (tenant, name), value = place, self.values.get(place, 0)
        highest = self.highest.get(place, 0)
        if highest <= value:
            return SequenceState(tenant, name, value, highest)
        draws = tally.draws.get(tenant, {}).get(name) or IdDraws()
        return SequenceState(tenant, name, value, highest, _next(look, place, value), draws)


def read_sequence_usage(look: TableLookups) -> SequenceUsage:
    # A worker may commit between two look-ups. The highest ids first: their draws come before
    # them, so that a sequence never seems behind because it was read too early.
    highest = {
        # None where a tenant's last row was deleted between the two look-ups.
        (tenant, name): look.one(f"SELECT MAX({column}) FROM {table} WHERE tenant_id = %s", tenant)
        or 0
        for name, (table, column) in _ID_TABLES.items()
        for tenant in look.tenants(table)
    }
    for tenant in look.tenants("registry_comment"):
        highest[tenant, SequenceName.COMMENT_ID] = max(_comment_ids(look, tenant), default=0)
    rows = look.all("SELECT tenant_id, name, value FROM registry_sequence")
    return SequenceUsage(
        highest, {(tenant, SequenceName(name)): value for tenant, name, value in rows}
    )


def _next(look: TableLookups, place: _Place, value: int) -> int | None:
    tenant, name = place
    if name is SequenceName.COMMENT_ID:
        return min((each for each in _comment_ids(look, tenant) if each > value), default=None)
    table, column = _ID_TABLES[name]
    found: int | None = look.one(
        f"SELECT MIN({column}) FROM {table} WHERE tenant_id = %s AND {column} > %s", tenant, value
    )
    return found


def _comment_ids(look: TableLookups, tenant: str) -> list[int]:
    """They are text, in the order of text, so that all are read; comments are few."""
    rows = look.all("SELECT comment_id FROM registry_comment WHERE tenant_id = %s", tenant)
    return [int(id) for (id,) in rows if id.isdecimal() and len(id) <= _MOST_DIGITS]
