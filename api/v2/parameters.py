"""What a request says in its query and headers; every reader raises BadRequest with a reason."""

import base64
import binascii
from enum import StrEnum
from typing import TypeVar

from rest_framework.request import Request

from api.problems import BadRequest, ParametersConflict

E = TypeVar("E", bound=StrEnum)

_DEFAULT_LIMIT = 20
_HIGHEST_LIMIT = 1000
_HIGHEST = 2**63 - 1


def text(request: Request, name: str) -> str:
    """Empty when it is missing."""
    return _checked(request.query_params.get(name, ""), name)


def texts(request: Request, name: str) -> tuple[str, ...]:
    """Each time it is given."""
    return tuple(_checked(each, name) for each in request.query_params.getlist(name) if each)


def _checked(value: str, name: str) -> str:
    if "\0" in value:
        raise BadRequest(f"The parameter {name} holds a NUL character.")
    return value


def flag(request: Request, name: str) -> bool:
    value = request.query_params.get(name, "false").lower()
    if value not in {"true", "false"}:
        raise BadRequest(f"{name} is true or false, not '{value}'.")
    return value == "true"


def choice(request: Request, name: str, kind: type[E], default: E) -> E:
    value = request.query_params.get(name)
    if value is None:
        return default
    try:
        return kind(value)
    except ValueError as error:
        raise BadRequest(f"{name} is one of {', '.join(kind)}, not '{value}'.") from error


def number(request: Request, name: str, highest: int = _HIGHEST) -> int | None:
    value = request.query_params.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal()) or int(value[:20]) > highest:
        raise BadRequest(f"{name} is a whole number from 0 to {highest}, not '{value}'.")
    return int(value)


def paging(request: Request) -> tuple[int, int]:
    """(offset, limit)"""
    offset = number(request, "offset")
    limit = number(request, "limit", _HIGHEST_LIMIT)
    return offset or 0, _DEFAULT_LIMIT if limit is None else limit


def header(request: Request, name: str) -> str | None:
    """A header's text, which may be UTF-8; None when missing or empty."""
    value = request.headers.get(name)
    if not value:
        return None
    try:
        decoded = value.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise BadRequest(f"The header {name} is not UTF-8.") from error
    return _checked(decoded, name)


def header_or_encoded(request: Request, name: str) -> str | None:
    """From the header, or from its twin in base64; both at once raise ParametersConflict."""
    plain = header(request, name)
    encoded = header(request, f"{name}-Encoded")
    if encoded is None:
        return plain
    if plain is not None:
        raise ParametersConflict(f"Conflict: '{name}' and '{name}-Encoded' were both provided.")
    try:
        return _checked(base64.b64decode(encoded, validate=True).decode(), f"{name}-Encoded")
    except (binascii.Error, ValueError) as error:
        raise BadRequest(f"The header {name}-Encoded is not UTF-8 text in base64.") from error
