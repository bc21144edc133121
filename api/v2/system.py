"""This node, its limits, and the current user."""

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
from api.v2.response_json import format_date


class SystemInfo(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        return Response(system_info())


def system_info() -> dict[str, Any]:
    """Return SystemInfo; `builtOn` is the installation time of the release on this machine."""
    return {
        "name": RELEASE.name,
        "description": "A schema registry whose database is a Kafka topic.",
        "version": RELEASE.version,
        "builtOn": format_date(RELEASE.installed_at),
    }


class OpenAPIDocument(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        return Response(openapi.document())


class SystemLimits(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """Respond with limits by Apicurio's names, such as maxArtifactsCount; -1 for no limit."""
        limits = asdict(settings.ANNALS_LIMITS)
        return Response({
            "max" + "".join(word.capitalize() for word in name.split("_")): limits[name]
            for name in sorted(limits)
        })


class CurrentUser(Resource):
    read_level = Level.NONE

    def get(self, request: Request) -> Response:
        """Respond with the caller's name and roles.

        An anonymous caller has no name and no role, as in Apicurio, even if everything is allowed.
        """
        principal = get_caller(request._request).principal
        return Response({
            "username": principal.name,
            "displayName": principal.display_name or principal.name,
            "admin": principal.is_admin,
            "developer": principal.is_developer,
            "viewer": principal.is_viewer,
        })
