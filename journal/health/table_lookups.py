"""Plain SQL on one connection: sequences and ids in use, by index in a journal of any size."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from journal.health.observations import ObservedSequence
from journal.projection.tally import IdDraws, Tally
from registry.models import SequenceName

_ID_TABLES = {
    SequenceName.CONTENT_ID: ("registry_content", "content_id"),
    SequenceName.GLOBAL_ID: ("registry_version", "global_id"),
}
#: Longer comment ids are no numbers of the database, which no sequence allocates.
_MAX_DIGITS = 18

#: Value and highest id in use, by tenant and sequence.
SequenceUsage = Mapping[tuple[str, SequenceName], tuple[int, int]]


class TableLookups:
    """Every method raises django.db.DatabaseError."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def value(self, sql: str, *params: str | int) -> Any:
        """Return the first row's first column, or None."""
        rows = self.rows(sql, *params)
        return rows[0][0] if rows else None

    def rows(self, sql: str, *params: str | int) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def tenants(self, table: str) -> Iterator[str]:
        """Yield tenants by stepping through the index; DISTINCT would read all entries."""
        tenant = self.value(f"SELECT MIN(tenant_id) FROM {table}")
        while tenant is not None:
            yield tenant
            tenant = self.value(f"SELECT MIN(tenant_id) FROM {table} WHERE tenant_id > %s", tenant)


def read_sequence_usage(lookups: TableLookups) -> SequenceUsage:
    # A worker may commit between two look-ups. The highest ids are read first: their allocations
    # come before them, so that a sequence never seems behind because it was read too early.
    highest = {
        # None where a tenant's last row was deleted between the two look-ups.
        (tenant, name): lookups.value(
            f"SELECT MAX({column}) FROM {table} WHERE tenant_id = %s", tenant
        )
        or 0
        for name, (table, column) in _ID_TABLES.items()
        for tenant in lookups.tenants(table)
    }
    for tenant in lookups.tenants("registry_comment"):
        highest[tenant, SequenceName.COMMENT_ID] = max(_comment_ids(lookups, tenant), default=0)
    rows = lookups.rows("SELECT tenant_id, name, value FROM registry_sequence")
    values = {(tenant, SequenceName(name)): value for tenant, name, value in rows}
    return {
        sequence: (values.get(sequence, 0), highest.get(sequence, 0))
        for sequence in sorted({*highest, *values})
    }


def observe_sequences(
    lookups: TableLookups, usage: SequenceUsage, tally: Tally
) -> tuple[ObservedSequence, ...]:
    """Add the lowest id in use and the id records to each sequence behind its ids."""
    states = []
    for (tenant, name), (value, highest) in usage.items():
        if highest <= value:
            states.append(ObservedSequence(tenant, name, value, highest))
            continue
        if name is SequenceName.COMMENT_ID:
            ids = (id for id in _comment_ids(lookups, tenant) if id > value)
            next_in_use = min(ids, default=None)
        else:
            table, column = _ID_TABLES[name]
            next_in_use = lookups.value(
                f"SELECT MIN({column}) FROM {table} WHERE tenant_id = %s AND {column} > %s",
                tenant,
                value,
            )
        draws = tally.draws.get(tenant, {}).get(name) or IdDraws()
        states.append(ObservedSequence(tenant, name, value, highest, next_in_use, draws))
    return tuple(states)


def _comment_ids(lookups: TableLookups, tenant: str) -> list[int]:
    """Return all comment ids; they are few, and stored as texts."""
    rows = lookups.rows("SELECT comment_id FROM registry_comment WHERE tenant_id = %s", tenant)
    return [int(id) for (id,) in rows if id.isdecimal() and len(id) <= _MAX_DIGITS]
