"""Collection of observations from the tables, from their topic and from the backup's manifest."""

import json
import time
from dataclasses import replace
from pathlib import Path

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from journal.dumps.backup_manifest import read_verification
from journal.health.observations import (
    BackupState,
    Observations,
    UpgradeAttempt,
    UpgradeHistory,
)
from journal.health.table_lookups import TableLookups, observe_sequences, read_sequence_usage
from journal.kafka.topic_description import TopicDescription
from journal.models import ContentView
from journal.projection.missing_offsets import load_missing_offsets
from journal.projection.tally import RecordPosition, Tally, read_tally

_OLDEST_RECORDS = 5


def collect_observations(
    connection: BaseDatabaseWrapper, topic: str, description: TopicDescription | None
) -> Observations:
    """Read tables, by index whatever the journal's size; raises django.db.DatabaseError."""
    lookups = TableLookups(connection)
    usage = read_sequence_usage(lookups)
    tally = read_tally(connection)
    oldest_summaries: list[str] = []
    if tally.partitions:
        first_records = (partition.first for partition in tally.partitions.values())
        oldest = min(first_records, key=lambda record: record.timestamp)
        rows = lookups.rows(
            'SELECT summary FROM journal_ledgerrow WHERE partition = %s AND "offset" >= %s '
            f'ORDER BY "offset" LIMIT {_OLDEST_RECORDS}',
            oldest.partition,
            oldest.offset,
        )
        oldest_summaries = [summary for (summary,) in rows]
    view = lookups.value("SELECT content_view FROM journal_position LIMIT 1")
    log_starts = lookups.value("SELECT start_offsets FROM journal_workerstatus WHERE id = 1")
    return Observations(
        topic=topic,
        tally=tally,
        sequences=observe_sequences(lookups, usage, tally),
        topic_description=description,
        content_view=None if view is None else ContentView(view),
        missing_offsets=load_missing_offsets(connection),
        partition_count=lookups.value("SELECT COUNT(*) FROM journal_position"),
        log_starts={
            int(partition): start for partition, start in json.loads(log_starts or "{}").items()
        },
        upgrades=_read_upgrades(lookups, tally),
        oldest_summaries=tuple(oldest_summaries),
        now=int(time.time() * 1000),
        max_content_bytes=settings.ANNALS_LIMIT_CONTENT_BYTES,
    )


def collect_node_observations(
    connection: BaseDatabaseWrapper, topic: str, description: TopicDescription | None
) -> Observations:
    """Collect observations, with the clock and the backup of a node."""
    observations = collect_observations(connection, topic, description)
    upgrades, now = observations.upgrades, int(time.time() * 1000)
    return replace(
        observations,
        # The clock of the records stands still while no record is published.
        upgrades=replace(upgrades, now=max(upgrades.now, now)),
        backup=read_backup_state(TableLookups(connection), observations.tally, now),
    )


def collect_snapshot_observations(
    connection: BaseDatabaseWrapper, topic: str, description: TopicDescription | None
) -> Observations:
    """Collect observations of a snapshot's tables, without a check of their content view."""
    observations = collect_observations(connection, topic, description)
    return replace(observations, content_view=None, is_dump=True, partition_count=0)


def read_backup_state(lookups: TableLookups, tally: Tally, now: int) -> BackupState | None:
    """Return None unless ANNALS_BACKUP_DAYS requires a backup; raises django.db.DatabaseError."""
    days, directory = settings.ANNALS_BACKUP_DAYS, Path(settings.ANNALS_BACKUPS)
    if not days:
        return None
    verification = read_verification(directory)
    if verification is None:
        first_unsaved = [partition.first for partition in tally.partitions.values()]
    else:
        first_unsaved = [
            RecordPosition(partition, *row)
            for partition in tally.partitions
            for row in lookups.rows(
                'SELECT "offset", timestamp FROM journal_ledgerrow WHERE partition = %s '
                'AND "offset" >= %s ORDER BY "offset" LIMIT 1',
                partition,
                verification.next_offsets.get(partition, 0),
            )
        ]
    return BackupState(
        directory=str(directory),
        days=days,
        now=now,
        verified_at=None if verification is None else verification.at,
        unsaved=min(first_unsaved, key=lambda record: record.timestamp, default=None),
    )


def _read_upgrades(lookups: TableLookups, tally: Tally) -> UpgradeHistory:
    committed = lookups.value("SELECT MAX(version) FROM journal_upgradecommit") or 1
    attempts = []
    for uuid, version, seen_at, offset in lookups.rows(
        "SELECT upgrader_uuid, version, seen_at, tried_at_offset FROM journal_upgraderstate "
        "WHERE version > %s ORDER BY seen_at",
        committed,
    ):
        began_at: int | None = None
        if offset is not None:
            # Upgrade records, as all records of nodes, are in partition 0.
            began_at = lookups.value(
                'SELECT timestamp FROM journal_ledgerrow WHERE partition = 0 AND "offset" = %s',
                offset,
            )
        attempts.append(UpgradeAttempt(uuid, version, seen_at, offset, began_at))
    newest = max((partition.last.timestamp for partition in tally.partitions.values()), default=0)
    return UpgradeHistory(committed, tuple(attempts), newest)
