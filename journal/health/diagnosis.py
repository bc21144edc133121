"""Diagnosis: observations in, findings out; nothing is read or written."""

from collections.abc import Callable

from journal.health.checks.backups import overdue_backup
from journal.health.checks.contents import contents_without_bytes, unknown_contents, wrong_hashes
from journal.health.checks.missing_records import missing_records
from journal.health.checks.nodes import outdated_view
from journal.health.checks.offsets import offset_gaps, several_partitions
from journal.health.checks.records import clock_skew, foreign_records, noise, refused_records
from journal.health.checks.replicas import message_size, permissions, replicas, timestamps
from journal.health.checks.sequences import missing_id_records, sequences_behind
from journal.health.checks.topic_config import compaction, finite_retention
from journal.health.checks.upgrades import stuck_upgrade
from journal.health.findings import Finding
from journal.health.observations import Observations

#: In the order of the codes.
_CHECKS: tuple[Callable[[Observations], Finding | None], ...] = (
    compaction,
    missing_id_records,
    sequences_behind,
    unknown_contents,
    contents_without_bytes,
    offset_gaps,
    finite_retention,
    missing_records,
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
    findings = (check(observations) for check in _CHECKS)
    return tuple(finding for finding in findings if finding is not None)
