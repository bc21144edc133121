"""Whether the process should be restarted, and whether requests should come here."""

from typing import Any

from django.db import DatabaseError
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.annals.digest_json import digest_told
from api.resource import Resource
from journal.health.current import blocking_finding, current_findings
from journal.health.node_state import NodeState, has_recent_heartbeat, node_state
from journal.projection.missing_offsets import load_missing_offsets


class Live(Resource):
    reading = Level.NONE

    def get(self, request: Request) -> Response:
        """503 when the journal's worker is dead, or nothing can tell that it lives."""
        try:
            return _answer([_worker(node_state().is_worker_alive)])
        except DatabaseError:
            return _answer([_worker(has_recent_heartbeat())])


class Ready(Resource):
    reading = Level.NONE

    def get(self, request: Request) -> Response:
        """503 with every reason; `applied`, `end` and `lag` are in offsets.

        `rate` is in records a second and `secondsLeft` an estimate, while it replays; `digest` is
        of the tables at its own `offsets`, an earlier one while records come in. The check
        `completeness` is never down: what is gone is no reason to send requests elsewhere; nor is
        `diagnosis`, which warns of findings: they are the topic's, so all its nodes have them.
        """
        try:
            return _state_told(node_state())
        except DatabaseError as error:
            reason = f"the tables can't be read: {str(error).strip() or repr(error)}"
            return _answer([_worker(has_recent_heartbeat()), _check("database", False, reason)])


def _state_told(state: NodeState) -> Response:
    checks = [
        _worker(state.is_worker_alive),
        _check("broker", state.is_broker_reachable, "the broker is unreachable"),
        _check("journal", not state.trouble, state.trouble),
        _check("replay", state.is_caught_up, state.replay_words),
        _completeness(),
        _diagnosis(),
    ]
    more: dict[str, Any] = {"applied": state.applied, "end": state.end, "lag": state.lag}
    if state.is_caught_up:
        more["digest"] = digest_told(state)
    else:
        more |= {"rate": round(state.rate), "secondsLeft": state.seconds_left}
    return _answer(checks, **more)


def _completeness() -> dict[str, str]:
    told = ", ".join(each.words for each in load_missing_offsets())
    check = _check("completeness", True, "")
    if told:
        check["warning"] = f"records were gone before this node applied them: {told} (J08)"
    return check


def _diagnosis() -> dict[str, str]:
    findings = current_findings()
    refuses = blocking_finding(findings)
    told = [f"{each.code} {each.severity}: {each.summary}" for each in findings]
    if refuses is not None:
        told.insert(0, f"Writes are refused for {refuses.code}.")
    check = _check("diagnosis", True, "")
    if told:
        check["warning"] = " ".join(told)
    return check


def _worker(is_alive: bool) -> dict[str, str]:
    return _check("worker", is_alive, "the journal worker is dead")


def _check(name: str, is_well: bool, reason: str) -> dict[str, str]:
    return (
        {"name": name, "status": "UP"}
        if is_well
        else {
            "name": name,
            "status": "DOWN",
            "reason": reason,
        }
    )


def _answer(checks: list[dict[str, str]], **more: Any) -> Response:
    is_up = all(check["status"] == "UP" for check in checks)
    document = {"status": "UP" if is_up else "DOWN", "checks": checks, **more}
    return Response(document, 200 if is_up else 503)
