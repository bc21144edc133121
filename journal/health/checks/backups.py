"""J23: no verified backup is recent enough."""

from journal.health.findings import Finding
from journal.health.formatting import format_position, format_time
from journal.health.observations import Observations

_DAY_MS = 24 * 60 * 60 * 1000


def overdue_backup(observations: Observations) -> Finding | None:
    backup = observations.backup
    if backup is None:
        return None
    oldest_allowed = backup.now - backup.days * _DAY_MS
    is_unsaved = backup.unsaved is not None and backup.unsaved.timestamp < oldest_allowed
    is_unverified = backup.verified_at is not None and backup.verified_at < oldest_allowed
    if not is_unsaved and not is_unverified:
        return None
    if backup.verified_at is None:
        evidence = [f"No backup in {backup.directory} was ever verified."]
    else:
        verified = format_time(backup.verified_at)
        evidence = [f"The backup in {backup.directory} was verified last {verified}."]
    if backup.unsaved is not None:
        evidence.append(
            f"The oldest record that it does not hold is at {format_position(backup.unsaved)}, of "
            f"{format_time(backup.unsaved.timestamp)}."
        )
    return Finding(
        code="J23",
        severity="warning",
        summary=f"No verified backup holds what was said more than {backup.days:g} days ago."
        if is_unsaved
        else f"The backup was not verified for more than {backup.days:g} days.",
        evidence=tuple(evidence),
        consequence="The journal is on the topic alone: if the topic is deleted, or loses records, "
        "nothing brings them back but the tables of a node.",
        remedy="Back up the topic, and compare the backup with its checksums:\n"
        f"  python manage.py backup {backup.directory}\n"
        f"  python manage.py backup --check {backup.directory}",
    )
