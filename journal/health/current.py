"""What is wrong now, for pages, REST and readiness: kept by the worker, read in one look."""

import logging
from collections.abc import Iterable

import msgspec
from django.conf import settings

from journal.health.acknowledgments import Acknowledgments
from journal.health.checks.nodes import TABLES_APART, ahead_of_journal, slow_writes
from journal.health.checks.peers import differing_peers
from journal.health.findings import SEVERITIES, Finding
from journal.health.node_state import node_state
from journal.health.peers import compared_digest, peers
from journal.health.stored_diagnosis import load_diagnosis
from journal.health.write_latency import write_latency

log = logging.getLogger(__name__)


def acknowledgments() -> Acknowledgments:
    return Acknowledgments(settings.ANNALS_HOME.acknowledgments)


def current_findings() -> tuple[Finding, ...]:
    """The gravest first; raises django.db.DatabaseError without tables."""
    kept = load_diagnosis().findings
    here = (
        differing_peers(peers(), compared_digest()),
        _apart(kept),
        slow_writes(write_latency.lately()),
    )
    findings = (
        *(each for each in kept if each.code != TABLES_APART),
        *(each for each in here if each is not None),
    )
    try:
        findings = acknowledgments().told(findings)
    except (OSError, ValueError) as error:
        # Better told once more than not at all.
        log.warning("The acknowledgments can't be read: %s", error)
    return tuple(sorted(findings, key=lambda each: SEVERITIES.index(each.severity)))


def _apart(kept: Iterable[Finding]) -> Finding | None:
    """Whether it lasts is seen here, at once; the worker has kept when it began."""
    now = ahead_of_journal(node_state())
    began = next((each.began for each in kept if each.code == TABLES_APART), None)
    return None if now is None else msgspec.structs.replace(now, began=began)


def blocking_finding(findings: Iterable[Finding]) -> Finding | None:
    """The one for which writes are refused, by ANNALS_REFUSE_WRITES_ON, if there is one."""
    return next(
        (
            each
            for each in findings
            if each.code in settings.ANNALS_REFUSE_WRITES_ON
            and each.acknowledged is None
            and _endangers_writes(each)
        ),
        None,
    )


def _endangers_writes(finding: Finding) -> bool:
    """A compacted topic endangers what is written only by those whose keys are all alike."""
    return finding.code != "J01" or finding.severity == "error"
