"""What the backup's own notes tell, beside what the ledger knows was said since."""

import json
import time
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from journal.dumps.backup_manifest import Verification, read_verification
from journal.health.observations import (
    BackupState,
    BuiltView,
    Observations,
    UpgradeAttempt,
    UpgradeHistory,
)
from journal.health.table_lookups import TableLookups, read_sequence_usage
from journal.kafka.topic_description import TopicDescription
from journal.models import ContentView
from journal.projection.missing_offsets import load_missing_offsets
from journal.projection.tally import RecordPosition, Tally, read_tally


def read_backup_state(look: TableLookups, tally: Tally, now: int) -> BackupState | None:
    """None unless ANNALS_BACKUP_DAYS asks for one; raises django.db.DatabaseError."""
    days, directory = settings.ANNALS_BACKUP_DAYS, Path(settings.ANNALS_BACKUPS)
    if not days:
        return None
    verified = read_verification(directory)
    return BackupState(
        directory=str(directory),
        days=days,
        now=now,
        verified_at=None if verified is None else verified.at,
        unsaved=min(_unsaved(look, tally, verified), key=lambda mark: mark.timestamp, default=None),
    )


def _unsaved(
    look: TableLookups, tally: Tally, verified: Verification | None
) -> list[RecordPosition]:
    """The first record of each partition that is not in the backup."""
    if verified is None:
        return [each.first for each in tally.partitions.values()]
    rows = (
        (partition, row)
        for partition in tally.partitions
        for row in look.all(
            'SELECT "offset", timestamp FROM journal_ledgerrow WHERE partition = %s '
            'AND "offset" >= %s ORDER BY "offset" LIMIT 1',
            partition,
            verified.next_offsets.get(partition, 0),
        )
    )
    return [RecordPosition(partition, *row) for partition, row in rows]


_FIRST_NAMED = 5


def collect_observations(
    connection: BaseDatabaseWrapper, topic: str, facts: TopicDescription | None
) -> Observations:
    """Look-ups by index, whatever the size of the journal; raises django.db.DatabaseError."""
    look = TableLookups(connection)
    in_use = read_sequence_usage(look)
    tally = read_tally(connection)
    return Observations(
        topic=topic,
        tally=tally,
        sequences=in_use.states(look, tally),
        facts=facts,
        built_view=_built_view(look),
        missed=load_missing_offsets(connection),
        partition_count=look.one("SELECT COUNT(*) FROM journal_position"),
        log_starts=_log_starts(look),
        upgrades=_upgrades(look, tally),
        first_words=_first_words(look, tally),
        now=int(time.time() * 1000),
        largest=settings.ANNALS_LIMIT_CONTENT_BYTES,
    )


def collect_node_observations(
    connection: BaseDatabaseWrapper, topic: str, facts: TopicDescription | None
) -> Observations:
    """The same, with the clock and the backup of a node that applies the topic."""
    seen = collect_observations(connection, topic, facts)
    now = int(time.time() * 1000)
    return replace(
        seen,
        # The clock of the records stands still while nobody writes.
        upgrades=replace(seen.upgrades, now=max(seen.upgrades.now, now)),
        backup=read_backup_state(TableLookups(connection), seen.tally, now),
    )


def collect_snapshot_observations(
    connection: BaseDatabaseWrapper, topic: str, facts: TopicDescription | None
) -> Observations:
    """Tables that no node keeps, so that their view needs no judgement."""
    observed = collect_observations(connection, topic, facts)
    return replace(observed, built_view=None, is_dump=True, partition_count=0)


def _built_view(look: TableLookups) -> BuiltView | None:
    view = look.one("SELECT content_view FROM journal_position LIMIT 1")
    return None if view is None else BuiltView(ContentView(view))


def _log_starts(look: TableLookups) -> dict[int, int]:
    told = look.one("SELECT start_offsets FROM journal_workerstatus WHERE id = 1")
    return {int(partition): start for partition, start in json.loads(told or "{}").items()}


def _first_words(look: TableLookups, tally: Tally) -> tuple[str, ...]:
    """What the partition says first whose beginning is the oldest."""
    if not tally.partitions:
        return ()
    first = min((each.first for each in tally.partitions.values()), key=lambda each: each.timestamp)
    rows = look.all(
        'SELECT summary FROM journal_ledgerrow WHERE partition = %s AND "offset" >= %s '
        f'ORDER BY "offset" LIMIT {_FIRST_NAMED}',
        first.partition,
        first.offset,
    )
    return tuple(summary for (summary,) in rows)


def _upgrades(look: TableLookups, tally: Tally) -> UpgradeHistory:
    version = look.one("SELECT MAX(version) FROM journal_upgradecommit") or 1
    rows = look.all(
        "SELECT upgrader_uuid, version, seen_at, tried_at_offset FROM journal_upgraderstate "
        "WHERE version > %s ORDER BY seen_at",
        version,
    )
    newest = max((each.last.timestamp for each in tally.partitions.values()), default=0)
    tries = (
        UpgradeAttempt(uuid, tried, seen_at, offset, _time_at(look, offset))
        for uuid, tried, seen_at, offset in rows
    )
    return UpgradeHistory(version, tuple(tries), newest)


def _time_at(look: TableLookups, offset: int | None) -> int | None:
    """Upgrade records are in partition 0, as all that nodes say."""
    if offset is None:
        return None
    sql = 'SELECT timestamp FROM journal_ledgerrow WHERE partition = 0 AND "offset" = %s'
    found: int | None = look.one(sql, offset)
    return found
