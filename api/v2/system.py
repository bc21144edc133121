"""What this node is, what it limits, and who is asking."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.release import RELEASE
from api.resource import Resource
from api.v2.documents import date

#: Limits of what is stored, none of which are set; how long a request may be is none of them.
_LIMITS = (
    *("maxArtifactDescriptionLengthChars", "maxArtifactLabelsCount"),
    *("maxArtifactNameLengthChars", "maxArtifactPropertiesCount", "maxArtifactsCount"),
    *("maxLabelSizeBytes", "maxPropertyKeySizeBytes", "maxPropertyValueSizeBytes"),
    *("maxRequestsPerSecondCount", "maxSchemaSizeBytes", "maxTotalSchemasCount"),
    "maxVersionsPerArtifactCount",
)
_NO_LIMIT = -1


class SystemInfo(Resource):
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


class SystemLimits(Resource):
    def get(self, request: Request) -> Response:
        return Response(dict.fromkeys(_LIMITS, _NO_LIMIT))


class CurrentUser(Resource):
    def get(self, request: Request) -> Response:
        """Nobody signs in here: whoever asks has no name and, as Apicurio tells it, no role."""
        return Response({
            "username": "",
            "displayName": "",
            "admin": False,
            "developer": False,
            "viewer": False,
        })
