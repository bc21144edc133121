"""Whether the process should be restarted, and whether requests should come here."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource
from journal.queries import NodeState, node_state


class Live(Resource):
    def get(self, request: Request) -> Response:
        """503 when the journal's worker is dead."""
        return _answer([_worker(node_state())])


class Ready(Resource):
    def get(self, request: Request) -> Response:
        """503 with every reason; `applied`, `end` and `lag` are in offsets."""
        state = node_state()
        replayed = f"replaying: applied {state.applied} of {state.end} offsets"
        checks = [
            _worker(state),
            _check("broker", state.is_broker_reachable, "the broker is unreachable"),
            _check("journal", not state.trouble, state.trouble),
            _check("replay", state.is_caught_up, replayed),
        ]
        return _answer(checks, applied=state.applied, end=state.end, lag=state.lag)


def _worker(state: NodeState) -> dict[str, str]:
    return _check("worker", state.is_worker_alive, "the journal worker is dead")


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
