"""What went wrong, as Confluent's registry tells it: a code of five digits, and a message."""

from typing import Any

from rest_framework.response import Response

from api.problems import answer_problem
from registry import errors


class InvalidVersion(Exception):
    """Neither a number nor `latest` (HTTP 422)."""


#: Exception, status, code; the first that fits counts.
_KNOWN: tuple[tuple[type[Exception], int, int], ...] = (
    (errors.VersionNotFound, 404, 40402),
    (errors.ArtifactNotFound, 404, 40401),
    (InvalidVersion, 422, 42202),
)


def answer_ccompat_problem(error: Exception, context: dict[str, Any]) -> Response:
    """As `answer_problem`, which also tells all that Confluent has no code for."""
    for kind, status, code in _KNOWN:
        if isinstance(error, kind):
            return Response({"error_code": code, "message": str(error)}, status)
    return answer_problem(error, context)
