"""Health checks: liveness for restarts, readiness for routing."""

from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.annals.digest import digest_document
from api.resource import Resource
from journal.database.errors import describe_unavailability
from journal.health.findings import Finding
from journal.health.node_health import blocking_finding
from journal.health.node_state import has_recent_heartbeat
from journal.projection.missing_offsets import load_missing_offsets


class Live(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """Respond with 503 for a dead journal worker, or one without a recent sign of life."""
        try:
            return _respond([_worker(self.journal.health.state().is_worker_alive)])
        except DatabaseError:
            return _respond([_worker(has_recent_heartbeat(self.journal.outcomes.activity))])


class Ready(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """Respond with all checks, and 503 if one fails; `applied`, `end` and `lag` are in offsets.

        `rate` is in records a second and `secondsLeft` an estimate, during a replay; `digest`
        belongs to its own `offsets`, an earlier one while records come in.
        """
        try:
            state = self.journal.health.state()
            checks = [
                _worker(state.is_worker_alive),
                _check("broker", state.is_broker_reachable, "the broker is unreachable"),
                _check("journal", not state.trouble, state.trouble),
                _check("replay", state.is_caught_up, state.replay_progress),
                _completeness(),
                _diagnosis(self.journal.health.findings()),
            ]
            more: dict[str, Any] = {"applied": state.applied, "end": state.end, "lag": state.lag}
            if state.is_caught_up:
                more["digest"] = digest_document(self.journal.health, state)
            else:
                more |= {"rate": round(state.rate), "secondsLeft": state.seconds_left}
            return _respond(checks, **more)
        except DatabaseError as error:
            reason = f"the tables can't be read: {describe_unavailability(error)}"
            return _respond([
                _worker(has_recent_heartbeat(self.journal.outcomes.activity)),
                _check("database", False, reason),
            ])


def _completeness() -> dict[str, str]:
    """Warn of missing records; never down, since other nodes lack the same records."""
    gaps = ", ".join(gap.description for gap in load_missing_offsets())
    warning = f"records were gone before this node applied them: {gaps} (J08)" if gaps else ""
    return _check("completeness", True, warning=warning)


def _diagnosis(findings: Sequence[Finding]) -> dict[str, str]:
    """Warn of findings; never down.

    A finding concerns the topic, so all nodes would be down at once, and reads would end.
    """
    warnings = [f"{finding.code} {finding.severity}: {finding.summary}" for finding in findings]
    blocking = blocking_finding(findings)
    if blocking is not None:
        warnings.insert(0, f"Writes are refused for {blocking.code}.")
    return _check("diagnosis", True, warning=" ".join(warnings))


def _worker(is_alive: bool) -> dict[str, str]:
    return _check("worker", is_alive, "the journal worker is dead")


def _check(name: str, is_up: bool, reason: str = "", warning: str = "") -> dict[str, str]:
    check = {"name": name, "status": "UP" if is_up else "DOWN"}
    if not is_up:
        check["reason"] = reason
    if warning:
        check["warning"] = warning
    return check


def _respond(checks: list[dict[str, str]], **more: Any) -> Response:
    is_up = all(check["status"] == "UP" for check in checks)
    document = {"status": "UP" if is_up else "DOWN", "checks": checks, **more}
    return Response(document, 200 if is_up else 503)
