"""The findings of this moment, for pages, REST and readiness."""

import logging
from collections.abc import Iterable

import msgspec
from django.conf import settings

from journal.health.acknowledgments import Acknowledgments
from journal.health.checks.nodes import TABLES_APART, slow_writes, tables_apart
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
    """Return the worker's findings and those of this process, the gravest first.

    Raises django.db.DatabaseError without tables.
    """
    stored = {finding.code: finding for finding in load_diagnosis().findings}
    # Whether tables and topic belong together is checked here, at once: a worker in trouble makes
    # no diagnosis. It only stored when that began.
    stored_apart = stored.pop(TABLES_APART, None)
    apart = tables_apart(node_state())
    if apart is not None:
        since = None if stored_apart is None else stored_apart.since
        apart = msgspec.structs.replace(apart, since=since)
    own = (
        differing_peers(peers(), compared_digest()),
        apart,
        slow_writes(write_latency.recent()),
    )
    findings = (*stored.values(), *(finding for finding in own if finding is not None))
    try:
        findings = acknowledgments().apply(findings)
    except (OSError, ValueError) as error:
        # An acknowledged finding is shown again rather than none at all.
        log.warning("The acknowledgments can't be read: %s", error)
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def blocking_finding(findings: Iterable[Finding]) -> Finding | None:
    """Return the first finding for which ANNALS_REFUSE_WRITES_ON refuses writes."""
    for finding in findings:
        # A compacted topic endangers new records only while their keys are all alike.
        is_dangerous = finding.code != "J01" or finding.severity == "error"
        is_named = finding.code in settings.ANNALS_REFUSE_WRITES_ON
        if is_named and is_dangerous and finding.acknowledgment is None:
            return finding
    return None
