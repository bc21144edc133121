"""Observations in, findings in plain sentences out; nothing is asked or written here."""

from collections.abc import Callable

from journal.doctor.findings import Finding
from journal.doctor.observations import Observations
from journal.doctor.on_contents import empty_contents, hashes, unknown_contents
from journal.doctor.on_nodes import backups, outdated_view, stuck_upgrade
from journal.doctor.on_offsets import gaps, missed_records, partitions
from journal.doctor.on_records import clocks, foreign_records, noise, refused_records
from journal.doctor.on_replicas import message_size, permissions, replicas, timestamps
from journal.doctor.on_sequences import missing_id_records, sequences_behind
from journal.doctor.on_settings import compaction, finite_retention

#: In the order of the codes.
_JUDGEMENTS: tuple[Callable[[Observations], Finding | None], ...] = (
    compaction,
    missing_id_records,
    sequences_behind,
    unknown_contents,
    empty_contents,
    gaps,
    finite_retention,
    missed_records,
    replicas,
    partitions,
    timestamps,
    foreign_records,
    refused_records,
    hashes,
    message_size,
    clocks,
    stuck_upgrade,
    noise,
    permissions,
    backups,
    outdated_view,
)


def diagnose(observations: Observations) -> tuple[Finding, ...]:
    """Empty when nothing is wrong."""
    found = (judge(observations) for judge in _JUDGEMENTS)
    return tuple(finding for finding in found if finding is not None)
