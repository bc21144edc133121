"""Gathers what a journal is judged by; the one part of the doctor that asks anybody.

A dump is applied to temporary tables by the same projection, without Kafka or a server.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from journal.backup_manifest import verified_at
from journal.batches import Batches
from journal.doctor.observations import (
    Backup,
    BuiltView,
    Observations,
    SequenceState,
    Upgrade,
)
from journal.dumps import read_in_order
from journal.ledger import understand
from journal.missed import missed_offsets
from journal.models import ContentView
from journal.positions import Origin
from journal.scratch import scratch_database
from journal.tally import Draws, Tally, stored_tally
from journal.topic_facts import TopicFacts
from journal.writer import Writer
from registry.models import SequenceName

_BATCH = 1000

_ID_TABLES = {
    SequenceName.CONTENT_ID: ("registry_content", "content_id"),
    SequenceName.GLOBAL_ID: ("registry_version", "global_id"),
}


def observe(connection: BaseDatabaseWrapper, topic: str, facts: TopicFacts | None) -> Observations:
    """Look-ups by index, whatever the size of the journal; raises django.db.DatabaseError."""
    read = _Reader(connection)
    # A worker may commit between two look-ups. The highest ids first: their draws come before
    # them, so that a sequence never seems behind because it was read too early.
    highest = _highest(read)
    values = {
        (tenant, SequenceName(name)): value
        for tenant, name, value in read.all("SELECT tenant_id, name, value FROM registry_sequence")
    }
    tally = stored_tally(connection)
    version = read.one("SELECT MAX(version) FROM journal_upgradecommit")
    return Observations(
        topic=topic,
        tally=tally,
        sequences=tuple(
            _state(read, *each, values.get(each, 0), highest.get(each, 0), tally)
            for each in sorted({*highest, *values})
        ),
        facts=facts,
        built_view=_built_view(read),
        missed=missed_offsets(connection),
        upgrades=_upgrades(read),
        topic_version=version or 1,
        backup=_backup(),
        log_starts=_log_starts(read),
        newest=max((each.last.timestamp for each in tally.partitions.values()), default=0),
        now=int(time.time() * 1000),
        largest=settings.ANNALS_LIMIT_CONTENT_BYTES,
    )


def observe_dump(lines: Iterable[bytes], topic: str, facts: TopicFacts | None) -> Observations:
    """Applies a dump and observes the outcome; raises journal.dumps.DumpError, JumbledDump."""
    with scratch_database() as scratch:
        _apply(lines, topic, scratch.settings)
        observed = observe(scratch.connection, topic, facts)
        # No node keeps these tables, so their view needs no judgement.
        return replace(observed, built_view=None, backup=None)


def _apply(lines: Iterable[bytes], topic: str, database: dict[str, Any]) -> None:
    records = read_in_order(lines)
    writer = Writer(database)
    try:
        batches = Batches(writer, Origin(topic))
        while batch := list(islice(records, _BATCH)):
            batches.apply([understand(record) for record in batch])
    finally:
        writer.close()


class _Reader:
    """Plain SQL on one connection."""

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


def _highest(read: _Reader) -> dict[tuple[str, SequenceName], int]:
    return {
        (tenant, name): read.one(f"SELECT MAX({column}) FROM {table} WHERE tenant_id = %s", tenant)
        for name, (table, column) in _ID_TABLES.items()
        for tenant in _tenants(read, table)
    }


def _tenants(read: _Reader, table: str) -> Iterator[str]:
    """From one index entry to the next, where DISTINCT would read them all."""
    tenant = read.one(f"SELECT MIN(tenant_id) FROM {table}")
    while tenant is not None:
        yield tenant
        tenant = read.one(f"SELECT MIN(tenant_id) FROM {table} WHERE tenant_id > %s", tenant)


def _state(
    read: _Reader, tenant: str, name: SequenceName, value: int, highest: int, tally: Tally
) -> SequenceState:
    if highest <= value:
        return SequenceState(tenant, name, value, highest)
    table, column = _ID_TABLES[name]
    next_in_use = read.one(
        f"SELECT MIN({column}) FROM {table} WHERE tenant_id = %s AND {column} > %s", tenant, value
    )
    draws = tally.draws.get(tenant, {}).get(name) or Draws()
    return SequenceState(tenant, name, value, highest, next_in_use, draws)


def _upgrades(read: _Reader) -> tuple[Upgrade, ...]:
    rows = read.all(
        "SELECT upgrader_uuid, version, tried_at_offset, seen_at FROM journal_upgraderstate "
        "WHERE tried_at_offset IS NOT NULL AND version IS NOT NULL ORDER BY tried_at_offset"
    )
    return tuple(Upgrade(*row) for row in rows)


def _log_starts(read: _Reader) -> dict[int, int]:
    told = read.one("SELECT start_offsets FROM journal_workerstatus WHERE id = 1")
    return {int(number): start for number, start in orjson.loads(told or "{}").items()}


def _backup() -> Backup | None:
    directory, days = settings.ANNALS_BACKUPS, settings.ANNALS_BACKUP_DAYS
    if not directory or not days:
        return None
    return Backup(directory, days, verified_at(Path(directory)))


def _built_view(read: _Reader) -> BuiltView | None:
    view = read.one("SELECT content_view FROM journal_position LIMIT 1")
    return None if view is None else BuiltView(ContentView(view))
