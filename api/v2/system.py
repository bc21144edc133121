"""What this node is."""

import tomllib

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource

_PROJECT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]


class SystemInfo(Resource):
    def get(self, request: Request) -> Response:
        return Response({
            "name": _PROJECT["name"],
            "description": "A schema registry whose database is a Kafka topic.",
            "version": _PROJECT["version"],
        })
