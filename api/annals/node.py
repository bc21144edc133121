"""The node: its release, its progress on the journal, and its findings."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.annals.digest import digest_document
from api.release import RELEASE
from api.resource import Resource


class Node(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """Respond with the state of the node.

        `digest` belongs to its own `offsets`; null before the first one is computed.
        """
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
