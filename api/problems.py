"""What went wrong, as Apicurio tells it: error_code, message, detail and name."""

import logging
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from access.caller import AccessDenied, IdentityUnavailable
from access.configuration import AuthMethod
from access.request_ids import current_request_id
from api.http import BodyTooLarge
from journal.outcomes.errors import NoOutcome, RecordTooLarge
from registry import errors
from registry.archives.zip_reader import ArchiveDamaged
from registry.artifact_types import UnknownArtifactType
from registry.rules import RuleViolation

_log = logging.getLogger(__name__)


#: How each way is called in HTTP.
_SCHEMES = {AuthMethod.BASIC: "Basic", AuthMethod.OIDC: "Bearer"}


class BadRequest(Exception):
    """What was asked cannot be understood; the text says what is wrong with it (HTTP 400)."""


class MissingRequiredParameter(BadRequest):
    """What a request must say and does not (HTTP 400)."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Request is missing a required parameter: {name}")


class InvalidId(BadRequest):
    """An id that nothing may be stored under (HTTP 400)."""


class NoSuchPath(Exception):
    """Nothing is served there (HTTP 404)."""


class ParametersConflict(Exception):
    """Two ways of saying the same were used at once (HTTP 409)."""


#: Exception, status, name; the first that fits counts. An empty name is the class's own.
_KNOWN: tuple[tuple[type[Exception], int, str], ...] = (
    (IdentityUnavailable, 503, "ServiceUnavailableException"),
    (RecordTooLarge, 413, ""),
    (NoOutcome, 503, ""),
    (errors.NotFound, 404, ""),
    (errors.AlreadyExists, 409, ""),
    (errors.InvalidContent, 400, "BadRequestException"),
    (errors.InvalidPropertyValue, 400, ""),
    (errors.DeletionNotEnabled, 405, "NotAllowedException"),
    (errors.ReadOnlyRegistry, 405, "NotAllowedException"),
    (ArchiveDamaged, 400, "BadRequestException"),
    (errors.UncanonicalContent, 422, "UnprocessableSchemaException"),
    (errors.LimitExceeded, 409, ""),
    (errors.RegistryError, 409, ""),
    (UnknownArtifactType, 400, "InvalidArtifactTypeException"),
    (InvalidId, 400, ""),
    (MissingRequiredParameter, 400, ""),
    (BadRequest, 400, ""),
    (ParametersConflict, 409, ""),
    (NoSuchPath, 404, "NotFoundException"),
    (Http404, 404, "NotFoundException"),
    (BodyTooLarge, 413, "RequestEntityTooLargeException"),
    (RequestDataTooBig, 413, "RequestEntityTooLargeException"),
    (exceptions.MethodNotAllowed, 405, "NotAllowedException"),
    (exceptions.UnsupportedMediaType, 415, "NotSupportedException"),
    (exceptions.APIException, 400, "BadRequestException"),
)


def answer_problem(error: Exception, context: dict[str, Any]) -> Response:
    """Django REST framework's exception handler; what is not known here is an incident."""
    if isinstance(error, AccessDenied):
        return _answer_refused(error, context)
    for kind, status, name in _KNOWN:
        if isinstance(error, kind):
            named = name or f"{type(error).__name__}Exception"
            return _answer(status, named, str(error), context, _causes(error))
    if isinstance(error, OperationalError | InterfaceError):
        return _answer_unavailable(error, context)
    incident = current_request_id() or str(uuid4())
    _log.error("a request failed", exc_info=error, extra={"incident": incident})
    message = f"The node met an error of its own; its log tells more about incident {incident}."
    return _answer(500, "InternalServerError", message, context)


def _answer_refused(error: AccessDenied, context: dict[str, Any]) -> Response:
    """With what may be shown to prove who one is, where nobody did (RFC 9110, 11.6.1)."""
    if not error.is_unauthenticated:
        return _answer(403, "ForbiddenException", str(error), context)
    answer = _answer(401, "UnauthorizedException", str(error), context)
    ways = settings.ANNALS_ACCESS.methods
    schemes = [f'{_SCHEMES[way]} realm="Annals"' for way in AuthMethod if way in ways]
    answer.headers["WWW-Authenticate"] = ", ".join(schemes)
    return answer


def _answer_unavailable(error: Exception, context: dict[str, Any]) -> Response:
    """The database is away, or takes nothing: that passes, and trying again is safe."""
    _log.error("The tables can't be used: %s", str(error).strip() or repr(error))
    message = "The node's database can't be used at the moment. Try again."
    return _answer(503, "DatabaseUnavailableException", message, context)


def _causes(error: Exception) -> dict[str, Any]:
    """What made a rule refuse a content; of other errors nothing."""
    if not isinstance(error, RuleViolation):
        return {}
    causes = error.verdict.causes
    return {
        "causes": [{"description": each.description, "context": each.context} for each in causes]
    }


def _answer(
    status: int,
    name: str,
    message: str,
    context: dict[str, Any],
    causes: dict[str, Any] | None = None,
) -> Response:
    document = {
        **(causes or {}),
        "error_code": status,
        "message": message,
        "detail": f"{name}: {message}",
        "name": name,
    }
    allowed = {"Allow": ", ".join(context["view"].allowed_methods)} if status == 405 else None
    return Response(document, status, headers=allowed)
