"""Query parameters and headers of a request; every parser raises BadRequest with a reason."""

import base64
import binascii
from enum import StrEnum
from typing import TypeVar

from rest_framework.request import Request

from api.problems import BadRequest, ParametersConflict
from registry.whole_numbers import MAX_LONG, parse_whole_number

E = TypeVar("E", bound=StrEnum)

_DEFAULT_LIMIT = 20
_MAX_LIMIT = 1000


def query_text(request: Request, name: str) -> str:
    """Return a parameter's text, empty without one."""
    return _without_nul(request.query_params.get(name, ""), name)


def query_texts(request: Request, name: str) -> tuple[str, ...]:
    """Return the values of a repeatable parameter."""
    values = request.query_params.getlist(name)
    return tuple(_without_nul(value, name) for value in values if value)


def _without_nul(value: str, name: str) -> str:
    if "\0" in value:
        raise BadRequest(f"The parameter {name} holds a NUL character.")
    return value


def query_flag(request: Request, name: str) -> bool:
    value = request.query_params.get(name, "false").lower()
    if value not in {"true", "false"}:
        raise BadRequest(f"{name} is true or false, not '{value}'.")
    return value == "true"


def query_choice(request: Request, name: str, choices: type[E], default: E) -> E:
    value = request.query_params.get(name)
    if value is None:
        return default
    try:
        return choices(value)
    except ValueError as error:
        raise BadRequest(f"{name} is one of {', '.join(choices)}, not '{value}'.") from error


def query_number(request: Request, name: str, maximum: int = MAX_LONG) -> int | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    number = parse_whole_number(value, maximum)
    if number is None:
        raise BadRequest(f"{name} is a whole number from 0 to {maximum}, not '{value}'.")
    return number


def paging(request: Request) -> tuple[int, int]:
    """Return offset and limit."""
    offset = query_number(request, "offset")
    limit = query_number(request, "limit", _MAX_LIMIT)
    return offset or 0, _DEFAULT_LIMIT if limit is None else limit


def header(request: Request, name: str) -> str | None:
    """Return a header's text, possibly UTF-8; None for a missing or empty one."""
    value = request.headers.get(name)
    if not value:
        return None
    try:
        text = value.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The header {name} is not UTF-8.") from error
    return _without_nul(text, name)


def encodable_header(request: Request, name: str) -> str | None:
    """Return a header's text, or its base64 twin's.

    Raises ParametersConflict for both at once.
    """
    plain = header(request, name)
    encoded = header(request, f"{name}-Encoded")
    if encoded is None:
        return plain
    if plain is not None:
        raise ParametersConflict(f"Conflict: '{name}' and '{name}-Encoded' were both provided.")
    # Clients may leave out the padding, and write the alphabet of URLs, as Java nodes accept.
    unpadded = encoded.rstrip("=")
    padded = unpadded + "=" * (-len(unpadded) % 4)
    try:
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"The header {name}-Encoded is not UTF-8 text in base64.") from error
    return _without_nul(text, f"{name}-Encoded")
