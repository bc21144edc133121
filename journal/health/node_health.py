"""The health of the node: its state, findings and peers, and its write gate."""

import logging
import threading
import time
from collections.abc import Iterable

import msgspec
from django.conf import settings
from django.db import DatabaseError

from journal.health.acknowledgments import Acknowledgments
from journal.health.checks.nodes import TABLES_APART, slow_writes, tables_apart
from journal.health.checks.peers import differing_peers
from journal.health.findings import SEVERITIES, Finding
from journal.health.node_state import NodeState, node_state
from journal.health.peers import Peer, PeerMonitor
from journal.health.state_digest import StateDigestCache
from journal.health.stored_diagnosis import load_diagnosis
from journal.health.write_latency import WriteLatency
from journal.outcomes.activity import Activity
from journal.outcomes.errors import NotReady

log = logging.getLogger(__name__)

#: Seconds for which the write gate relies on the findings that it read.
_GATE_MAX_AGE_S = 1.0


class JournalUnwell(NotReady):
    """A write was refused because of `finding`; nothing was published."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(
            f"writes are refused while finding {finding.code} lasts: "
            f"{finding.summary.rstrip('.')} (see /ui/health#{finding.code})"
        )
        self.finding = finding


def acknowledgments() -> Acknowledgments:
    return Acknowledgments(settings.ANNALS_HOME.acknowledgments)


def blocking_finding(findings: Iterable[Finding]) -> Finding | None:
    """Return the first finding to refuse writes for, by ANNALS_REFUSE_WRITES_ON."""
    for finding in findings:
        # A compacted topic endangers new records only while their keys are all alike.
        is_dangerous = finding.code != "J01" or finding.severity == "error"
        is_named = finding.code in settings.ANNALS_REFUSE_WRITES_ON
        if is_named and is_dangerous and finding.acknowledgment is None:
            return finding
    return None


class NodeHealth:
    """A web process's view of its node's health beyond the tables."""

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self.write_latency = WriteLatency()
        self.digests = StateDigestCache()
        self._lock = threading.Lock()
        self._monitor: PeerMonitor | None = None
        self._gate: tuple[float, Finding | None] = (-_GATE_MAX_AGE_S, None)

    def state(self) -> NodeState:
        """Return the node's state; raises django.db.DatabaseError."""
        return node_state(self._activity)

    def peers(self) -> tuple[Peer, ...]:
        """Return the last answers of ANNALS_PEERS, without waiting; empty if none are set."""
        return self._peer_monitor().peers if settings.ANNALS_PEERS else ()

    def findings(self) -> tuple[Finding, ...]:
        """Return the worker's findings and those of this process, the gravest first.

        Raises django.db.DatabaseError without tables.
        """
        stored = {finding.code: finding for finding in load_diagnosis().findings}
        # Whether tables and topic belong together is checked here, at once: a worker in trouble
        # makes no diagnosis. It only stored when that began.
        stored_apart = stored.pop(TABLES_APART, None)
        apart = tables_apart(self.state())
        if apart is not None:
            since = None if stored_apart is None else stored_apart.since
            apart = msgspec.structs.replace(apart, since=since)
        own_digest = self._peer_monitor().own_digest if settings.ANNALS_PEERS else None
        own = (
            differing_peers(self.peers(), own_digest),
            apart,
            slow_writes(self.write_latency.recent()),
        )
        findings = (*stored.values(), *(finding for finding in own if finding is not None))
        try:
            findings = acknowledgments().apply(findings)
        except (OSError, ValueError) as error:
            # An acknowledged finding is shown again rather than none at all.
            log.warning("The acknowledgments can't be read: %s", error)
        return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))

    def check_write_gate(self) -> None:
        """Raise JournalUnwell while a finding of ANNALS_REFUSE_WRITES_ON lasts."""
        if not settings.ANNALS_REFUSE_WRITES_ON:
            return
        read_at, finding = self._gate
        now = time.monotonic()
        if now - read_at >= _GATE_MAX_AGE_S:
            try:
                finding = blocking_finding(self.findings())
            except DatabaseError:
                # The write itself meets the same trouble, and reports it better.
                finding = None
            self._gate = now, finding
        if finding is not None:
            raise JournalUnwell(finding)

    def _peer_monitor(self) -> PeerMonitor:
        with self._lock:
            if self._monitor is None:
                self._monitor = PeerMonitor(settings.ANNALS_PEERS, self.digests, self.state)
                self._monitor.start()
            return self._monitor
