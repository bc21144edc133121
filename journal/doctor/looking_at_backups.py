"""What the backup's own notes tell, beside what the ledger knows was said since."""

from pathlib import Path

from django.conf import settings

from journal.backup_manifest import Verified, read_verified
from journal.doctor.looking import Look
from journal.doctor.observations import BackupSeen
from journal.tally import Mark, Tally


def backup_seen(look: Look, tally: Tally, now: int) -> BackupSeen | None:
    """None unless ANNALS_BACKUP_DAYS asks for one; raises django.db.DatabaseError."""
    days, directory = settings.ANNALS_BACKUP_DAYS, Path(settings.ANNALS_BACKUPS)
    if not days:
        return None
    verified = read_verified(directory)
    return BackupSeen(
        directory=str(directory),
        days=days,
        now=now,
        verified_at=None if verified is None else verified.at,
        unsaved=min(_unsaved(look, tally, verified), key=lambda mark: mark.timestamp, default=None),
    )


def _unsaved(look: Look, tally: Tally, verified: Verified | None) -> list[Mark]:
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
    return [Mark(partition, *row) for partition, row in rows]
