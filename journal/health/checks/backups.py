"""J23: no verified backup that is young enough."""

from journal.health.findings import Finding
from journal.health.formatting import format_position, format_time
from journal.health.observations import BackupState, Observations

_DAY = 24 * 60 * 60 * 1000


def overdue_backup(seen: Observations) -> Finding | None:
    backup = seen.backup
    if backup is None:
        return None
    is_unsaved = backup.unsaved is not None and _is_over(backup, backup.unsaved.timestamp)
    is_unverified = backup.verified_at is not None and _is_over(backup, backup.verified_at)
    if not is_unsaved and not is_unverified:
        return None
    evidence = [_verified(backup)]
    if backup.unsaved is not None:
        evidence.append(
            f"The oldest record that it does not hold is at {format_position(backup.unsaved)}, of "
            f"{format_time(backup.unsaved.timestamp)}."
        )
    what = (
        f"no verified backup holds what was said more than {backup.days:g} days ago"
        if is_unsaved
        else f"the backup was not verified for more than {backup.days:g} days"
    )
    return Finding(
        code="J23",
        severity="warning",
        summary=f"{what[0].upper()}{what[1:]}.",
        evidence=tuple(evidence),
        consequence="The journal is on the topic alone: if the topic is deleted, or loses records, "
        "nothing brings them back but the tables of a node.",
        remedy="Back up the topic, and compare the backup with its checksums:\n"
        f"  python manage.py backup {backup.directory}\n"
        f"  python manage.py backup --check {backup.directory}",
    )


def _is_over(backup: BackupState, at: int) -> bool:
    return backup.now - at > backup.days * _DAY


def _verified(backup: BackupState) -> str:
    if backup.verified_at is None:
        return f"No backup in {backup.directory} was ever verified."
    return f"The backup in {backup.directory} was verified last {format_time(backup.verified_at)}."
