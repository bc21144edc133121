"""JSON in request bodies: one parser for all APIs, as strict as RFC 8259."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import orjson
from rest_framework.request import Request

from api.http import read_body
from api.problems import BadRequest

_Body = TypeVar("_Body", bound=msgspec.Struct)


def load_json(body: bytes) -> Any:
    """Return the value; raises BadRequest, also for one that is nested too deeply."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error


def body_parser(kind: type[_Body]) -> Callable[[Request], _Body]:
    """Return a parser of bodies that hold an object of this kind; call it at import time.

    Unknown fields are ignored, as a Java node does. The parser raises BadRequest, which names the
    field, and BodyTooLarge.
    """
    # msgspec builds what it needs of a type at its first use, and two threads at once crash.
    msgspec.json.Decoder(kind)

    def parse(request: Request) -> _Body:
        document = load_json(read_body(request))
        try:
            return msgspec.convert(document, type=kind)
        except msgspec.ValidationError as error:
            raise BadRequest(f"The body does not fit: {error}.") from error

    return parse
