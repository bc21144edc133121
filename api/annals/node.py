"""One node: its release, how far it has applied the journal, and its findings."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.annals.digest import digest_document
from api.release import RELEASE
from api.resource import Resource
from journal.health.current import current_findings
from journal.health.node_state import node_state


class Node(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """`digest` is of the tables at its own `offsets`; null before the first one is made."""
        state = node_state()
        return Response({
            "topic": settings.JOURNAL_TOPIC,
            "version": RELEASE.version,
            "isReady": not state.unready_reasons,
            "reasons": list(state.unready_reasons),
            "applied": state.applied,
            "end": state.end,
            "lag": state.lag,
            "digest": digest_document(state) if state.is_caught_up else None,
            "findings": [
                {"code": finding.code, "severity": finding.severity}
                for finding in current_findings()
            ],
        })
