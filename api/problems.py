"""Exceptions as Apicurio's error responses: error_code, message, detail and name."""

import logging
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from access.asgi import error_document
from access.caller import AccessDenied, IdentityUnavailable
from access.configuration import AuthMethod
from access.request_ids import current_request_id
from api.http import BodyTooLarge
from journal.database.errors import TablesIncomplete, describe_unavailability, is_unavailable
from journal.outcomes.errors import NoOutcome, RecordTooLarge
from registry import errors
from registry.archives.zip_reader import ArchiveDamaged
from registry.artifact_types import UnknownArtifactType
from registry.rules import RuleViolation

_log = logging.getLogger(__name__)

#: Schemes of the WWW-Authenticate header.
_SCHEMES = {AuthMethod.BASIC: "Basic", AuthMethod.OIDC: "Bearer"}


class BadRequest(Exception):
    """The request can't be parsed; the message has the reason (HTTP 400)."""


class MissingRequiredParameter(BadRequest):
    def __init__(self, name: str) -> None:
        super().__init__(f"Request is missing a required parameter: {name}")


class InvalidId(BadRequest):
    """The id can't be used for anything new (HTTP 400)."""


class EndpointNotFound(Exception):
    """No API serves the path (HTTP 404)."""


class ParametersConflict(Exception):
    """A header and its encoded twin were both sent (HTTP 409)."""


#: Exception, status, name; the first that fits counts. An empty name is the class's own.
_RESPONSES: tuple[tuple[type[Exception], int, str], ...] = (
    (IdentityUnavailable, 503, "ServiceUnavailableException"),
    (RecordTooLarge, 413, "RecordTooLargeException"),
    (NoOutcome, 503, ""),
    (errors.NodeBusy, 503, "ServiceUnavailableException"),
    (errors.NotFound, 404, ""),
    (errors.AlreadyExists, 409, ""),
    (errors.NotTheOwner, 403, "ForbiddenException"),
    (errors.InvalidContent, 400, "BadRequestException"),
    (errors.InvalidPropertyValue, 400, ""),
    (errors.DeletionNotEnabled, 405, "NotAllowedException"),
    (errors.ReadOnlyRegistry, 405, "NotAllowedException"),
    (ArchiveDamaged, 400, "BadRequestException"),
    (errors.UncanonicalContent, 422, "UnprocessableSchemaException"),
    (errors.LimitExceeded, 409, ""),
    (errors.ValueOutOfRange, 400, "BadRequestException"),
    (errors.RegistryError, 409, ""),
    (UnknownArtifactType, 400, "InvalidArtifactTypeException"),
    (InvalidId, 400, "InvalidIdException"),
    (MissingRequiredParameter, 400, "MissingRequiredParameterException"),
    (BadRequest, 400, "BadRequestException"),
    (ParametersConflict, 409, "ParametersConflictException"),
    (EndpointNotFound, 404, "NotFoundException"),
    (Http404, 404, "NotFoundException"),
    (BodyTooLarge, 413, "RequestEntityTooLargeException"),
    (RequestDataTooBig, 413, "RequestEntityTooLargeException"),
    (exceptions.MethodNotAllowed, 405, "NotAllowedException"),
    (exceptions.UnsupportedMediaType, 415, "NotSupportedException"),
    (exceptions.APIException, 400, "BadRequestException"),
)


def handle_exception(error: Exception, context: dict[str, Any]) -> Response:
    """Handle exceptions of REST framework's views; an unknown one is logged, with HTTP 500."""
    if isinstance(error, TooManyFieldsSent):
        most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
        error = BadRequest(f"The request has more than {most:,} parameters.")
    for kind, status, name in _RESPONSES:
        if isinstance(error, kind):
            response = _error_response(status, name or f"{type(error).__name__}Exception", error)
            if status == 405:
                response.headers["Allow"] = ", ".join(context["view"].allowed_methods)
            if isinstance(error, RuleViolation):
                response.data["causes"] = [
                    {"description": cause.description, "context": cause.context}
                    for cause in error.verdict.causes
                ]
            return response
    if isinstance(error, AccessDenied):
        if not error.is_unauthenticated:
            return _error_response(403, "ForbiddenException", error)
        response = _error_response(401, "UnauthorizedException", error)
        methods = settings.ANNALS_ACCESS.methods
        # RFC 9110, 11.6.1.
        response.headers["WWW-Authenticate"] = ", ".join(
            f'{_SCHEMES[method]} realm="Annals"' for method in AuthMethod if method in methods
        )
        return response
    if is_unavailable(error):
        # The worker has logged why it rebuilds the tables.
        if not isinstance(error, TablesIncomplete):
            _log.error("The tables can't be used: %s", str(error).strip() or repr(error))
        reason = describe_unavailability(error)
        message = f"The node's database can't be used at the moment: {reason}. Try again."
        return _error_response(503, "DatabaseUnavailableException", message)
    incident = current_request_id() or str(uuid4())
    _log.error("a request failed", exc_info=error, extra={"incident": incident})
    message = f"The node met an error of its own; its log tells more about incident {incident}."
    return _error_response(500, "InternalServerError", message)


def _error_response(status: int, name: str, message: object) -> Response:
    return Response(error_document(status, name, str(message)), status)
