"""HTTP as every API here speaks it: any body, JSON out, the path as it was sent."""

import os
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any
from urllib.parse import quote, urlsplit

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

_CONTENT = "ANNALS_LIMIT_CONTENT_BYTES"
_DUMP = "ANNALS_LIMIT_DUMP_BYTES"


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else orjson.dumps(data)


class RawParser(BaseParser):
    """Takes a body of any type as bytes."""

    media_type = "*/*"

    def parse(  # type: ignore[override]
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(stream.read())


class AnyAccept(BaseContentNegotiation):
    """The content decides the type of an answer, whatever Accept says, as on a Java node."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class BodyTooLarge(Exception):
    """More bytes than the setting of that name allows (HTTP 413)."""

    def __init__(self, setting: str) -> None:
        super().__init__(
            f"The body is longer than the {getattr(settings, setting)} bytes that {setting} allows."
        )


def read_body(request: Request) -> bytes:
    """The request's body, also if it comes in chunks; raises BodyTooLarge."""
    limit: int = getattr(settings, _CONTENT)
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Django takes a body without a length for an empty one.
        body: bytes = request.META["wsgi.input"].read(limit + 1)
    elif _length(request) > limit:
        raise BodyTooLarge(_CONTENT)
    else:
        body = request.data if isinstance(request.data, bytes) else b""
    if len(body) > limit:
        raise BodyTooLarge(_CONTENT)
    return body


def body_file(request: Request) -> IO[bytes]:
    """The body as a file at its beginning, which may be as long as a dump; raises BodyTooLarge."""
    limit: int = getattr(settings, _DUMP)
    stream: IO[bytes] = request.META["wsgi.input"]
    is_file = stream.seekable()
    length = stream.seek(0, os.SEEK_END) if is_file else _length(request)
    if length > limit:
        raise BodyTooLarge(_DUMP)
    if not is_file:
        # Some servers hand out what can be read but once.
        return BytesIO(stream.read(length))
    stream.seek(0)
    return stream


def _length(request: Request) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def raw_path(request: HttpRequest) -> str:
    """The path with its percent signs, so that a slash in an id is told from one between ids.

    What a snapshot stands below is left out. Where the server keeps no such
    path, Django's decoded one is encoded again: then an encoded slash is lost.
    """
    below = get_script_prefix().rstrip("/").removeprefix(settings.ANNALS_PREFIX)
    scope = request.META.get("asgi.scope", {})
    if scope.get("raw_path"):
        path: str = scope["raw_path"].decode("latin-1")
        return path.partition("?")[0].removeprefix(below)
    for name in ("RAW_URI", "REQUEST_URI"):
        if request.META.get(name):
            return urlsplit(str(request.META[name])).path.removeprefix(below)
    return quote(request.path_info)
