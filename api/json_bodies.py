"""JSON in request bodies: one parser for all APIs, as strict as RFC 8259."""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
import orjson
from rest_framework.request import Request

from api.http import read_body
from api.problems import BadRequest

_Body = TypeVar("_Body", bound=msgspec.Struct)
# Numbers and booleans are texts by then, so that the error would name a type that the body lacks.
_FOUND_TYPE = re.compile(r", got `\w+`")


def load_json(body: bytes) -> Any:
    """Return the value with numbers and booleans as their texts.

    Jackson, which reads the bodies on a Java node, takes these where a field is a text, as all
    fields are but lists and objects. Raises BadRequest, also for a value nested too deeply.
    """
    body = body.removeprefix(BOM_UTF8)
    try:
        # The standard library keeps how a number is written, but takes NaN and lone surrogates.
        orjson.loads(body)
        document = json.loads(body, parse_int=str, parse_float=str)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    except RecursionError as error:
        raise BadRequest("The body is not JSON: it is nested too deeply.") from error
    _write_booleans_as_texts(document)
    return document


def _write_booleans_as_texts(document: Any) -> None:
    # Without recursion: a document may be nested deeper than calls of functions may be.
    pending = [document] if isinstance(document, dict | list) else []
    while pending:
        container = pending.pop()
        for key, value in (
            container.items() if isinstance(container, dict) else enumerate(container)
        ):
            if isinstance(value, bool):
                container[key] = "true" if value else "false"
            elif isinstance(value, dict | list):
                pending.append(value)


def body_parser(kind: type[_Body]) -> Callable[[Request], _Body]:
    """Return a parser of bodies with an object of this kind; call it at import time.

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
            reason = _FOUND_TYPE.sub("", str(error))
            raise BadRequest(f"The body does not fit: {reason}.") from error

    return parse
