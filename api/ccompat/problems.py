"""Exceptions as error responses of Confluent Schema Registry: a code and a message."""

from typing import Any

from rest_framework.response import Response

from api.problems import handle_exception
from registry import errors
from registry.rules import RuleViolation


class InvalidVersion(Exception):
    """A version is neither a number nor `latest` (HTTP 422)."""


class InvalidSchema(Exception):
    """The body is no schema, or of an unknown type (HTTP 422)."""


class InvalidLevel(Exception):
    """The compatibility level is unknown (HTTP 422)."""


#: Exception, status, code; the first that fits counts.
_RESPONSES: tuple[tuple[type[Exception], int, int], ...] = (
    (errors.VersionNotFound, 404, 40402),
    (errors.ArtifactNotFound, 404, 40401),
    (InvalidVersion, 422, 42202),
    (InvalidSchema, 422, 42201),
    (InvalidLevel, 422, 42203),
    (errors.InvalidContent, 422, 42201),
    (RuleViolation, 409, 409),
)


def handle_ccompat_exception(error: Exception, context: dict[str, Any]) -> Response:
    """Handle exceptions with a Confluent error code; `handle_exception` handles all others."""
    for kind, status, code in _RESPONSES:
        if isinstance(error, kind):
            return Response({"error_code": code, "message": str(error)}, status)
    response = handle_exception(error, context)
    response.data = {name: response.data[name] for name in ("error_code", "message")}
    return response
