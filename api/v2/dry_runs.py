"""Writes tried without writing: what the rules and the registry would refuse of them."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource
from api.v2.submissions import next_version
from journal import commands


class ArtifactTest(Resource):
    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        """204 where the same content would become the artifact's next version."""
        commands.check_update(next_version(request, group_id, artifact_id))
        return Response(status=204)
