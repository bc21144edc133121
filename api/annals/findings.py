"""The findings of the health page as JSON."""

import msgspec
from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource


class Findings(Resource):
    def get(self, request: Request) -> Response:
        """Respond with {"findings": […]}, the most severe first; times are in epoch ms."""
        return Response({"findings": msgspec.to_builtins(self.journal.health.findings())})
