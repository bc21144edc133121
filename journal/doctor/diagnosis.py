"""Observations in, findings in plain sentences out; nothing is asked or written here."""

from collections.abc import Callable

from journal.doctor.findings import Finding
from journal.doctor.observations import Observations
from journal.doctor.on_backups import overdue_backup
from journal.doctor.on_contents import contents_without_bytes, unknown_contents, wrong_hashes
from journal.doctor.on_loss import missed_records
from journal.doctor.on_nodes import outdated_view
from journal.doctor.on_offsets import offset_gaps, several_partitions
from journal.doctor.on_records import clock_skew, foreign_records, noise, refused_records
from journal.doctor.on_replicas import message_size, permissions, replicas, timestamps
from journal.doctor.on_sequences import missing_id_records, sequences_behind
from journal.doctor.on_settings import compaction, finite_retention
from journal.doctor.on_upgrades import stuck_upgrade

#: In the order of the codes.
_JUDGEMENTS: tuple[Callable[[Observations], Finding | None], ...] = (
    compaction,
    missing_id_records,
    sequences_behind,
    unknown_contents,
    contents_without_bytes,
    offset_gaps,
    finite_retention,
    missed_records,
    replicas,
    several_partitions,
    timestamps,
    foreign_records,
    refused_records,
    wrong_hashes,
    message_size,
    clock_skew,
    stuck_upgrade,
    noise,
    permissions,
    overdue_backup,
    outdated_view,
)


def diagnose(observations: Observations) -> tuple[Finding, ...]:
    """Empty when nothing is wrong."""
    found = (judge(observations) for judge in _JUDGEMENTS)
    return tuple(finding for finding in found if finding is not None)
