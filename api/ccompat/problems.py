"""What went wrong, as Confluent's registry tells it: a code, and a message, and nothing else."""

from typing import Any

from rest_framework.response import Response

from api.problems import answer_problem
from registry import errors
from registry.rules import RuleViolation


class InvalidVersion(Exception):
    """Neither a number nor `latest` (HTTP 422)."""


class InvalidSchema(Exception):
    """What was sent is no schema, or of no known type (HTTP 422)."""


class InvalidLevel(Exception):
    """There is no such compatibility level (HTTP 422)."""


#: Exception, status, code; the first that fits counts.
_KNOWN: tuple[tuple[type[Exception], int, int], ...] = (
    (errors.VersionNotFound, 404, 40402),
    (errors.ArtifactNotFound, 404, 40401),
    (InvalidVersion, 422, 42202),
    (InvalidSchema, 422, 42201),
    (InvalidLevel, 422, 42203),
    (errors.InvalidContent, 422, 42201),
    (RuleViolation, 409, 409),
)


def answer_ccompat_problem(error: Exception, context: dict[str, Any]) -> Response:
    """As `answer_problem`, which also knows all that Confluent has no code for."""
    for kind, status, code in _KNOWN:
        if isinstance(error, kind):
            return Response({"error_code": code, "message": str(error)}, status)
    answer = answer_problem(error, context)
    answer.data = {name: answer.data[name] for name in ("error_code", "message")}
    return answer
