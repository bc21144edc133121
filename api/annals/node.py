"""One node: its release, how far it has applied the journal, and its findings."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.annals.digest import digest_document
from api.release import RELEASE
from api.resource import Resource


class Node(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """`digest` is of the tables at its own `offsets`; null before the first one is made."""
        state = self.journal.health.state()
        return Response({
            "topic": self.journal.topic.name,
            "version": RELEASE.version,
            "isReady": not state.unready_reasons,
            "reasons": list(state.unready_reasons),
            "applied": state.applied,
            "end": state.end,
            "lag": state.lag,
            "digest": digest_document(self.journal.health, state) if state.is_caught_up else None,
            "findings": [
                {"code": finding.code, "severity": finding.severity}
                for finding in self.journal.health.findings()
            ],
        })
