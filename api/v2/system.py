"""What this node is, what it limits, and who is asking."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from access.middleware import get_caller
from access.policy import Level
from api.release import RELEASE
from api.resource import Resource
from api.v2 import openapi
from api.v2.response_json import date


class SystemInfo(Resource):
    reading = Level.NONE

    def get(self, request: Request) -> Response:
        return Response(about())


def about() -> dict[str, Any]:
    """SystemInfo; `builtOn` is when this copy of the release came to this machine."""
    return {
        "name": RELEASE.name,
        "description": "A schema registry whose database is a Kafka topic.",
        "version": RELEASE.version,
        "builtOn": date(RELEASE.came_at),
    }


class OpenAPIDocument(Resource):
    reading = Level.NONE

    def get(self, request: Request) -> Response:
        return Response(openapi.document())


class SystemLimits(Resource):
    reading = Level.NONE

    def get(self, request: Request) -> Response:
        """-1 where there is none."""
        told = asdict(settings.ANNALS_LIMITS)
        return Response({_name_of(name): told[name] for name in sorted(told)})


def _name_of(limit: str) -> str:
    """As Apicurio has it: of `artifacts_count`, maxArtifactsCount."""
    return "max" + "".join(part.capitalize() for part in limit.split("_"))


class CurrentUser(Resource):
    reading = Level.NONE

    def get(self, request: Request) -> Response:
        """Nobody has no name and, as Apicurio tells it, no role, also where all is allowed."""
        who = get_caller(request._request).principal
        return Response({
            "username": who.name,
            "displayName": who.display_name or who.name,
            "admin": who.is_admin,
            "developer": who.is_developer,
            "viewer": who.is_viewer,
        })
