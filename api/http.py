"""HTTP for every API: any media type in, JSON out, paths undecoded."""

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

from registry.whole_numbers import MAX_LONG, parse_whole_number

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
    """Reads a body of any media type as bytes."""

    media_type = "*/*"

    # The stubs expect fields; the views parse the bytes.
    def parse(  # type: ignore[override]
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return bytes(stream.read())


class PermissiveNegotiation(BaseContentNegotiation):
    """Ignores Accept: the content determines the media type of a response, as on a Java node."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class BodyTooLarge(Exception):
    """The body is larger than its setting allows (HTTP 413)."""

    def __init__(self, setting: str) -> None:
        super().__init__(
            f"The body is longer than the {getattr(settings, setting)} bytes that {setting} allows."
        )


def read_body(request: Request) -> bytes:
    """Return the body of a request, with a length or in chunks; raises BodyTooLarge."""
    limit: int = getattr(settings, _CONTENT)
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Django regards a body without a length as empty.
        body: bytes = request.META["wsgi.input"].read(limit + 1)
    elif _content_length(request) > limit:
        raise BodyTooLarge(_CONTENT)
    else:
        body = request.data if isinstance(request.data, bytes) else b""
    if len(body) > limit:
        raise BodyTooLarge(_CONTENT)
    return body


def body_file(request: Request) -> IO[bytes]:
    """Return a body of up to a dump's size as a file at its start; raises BodyTooLarge."""
    limit: int = getattr(settings, _DUMP)
    stream: IO[bytes] = request.META["wsgi.input"]
    is_seekable = stream.seekable()
    length = stream.seek(0, os.SEEK_END) if is_seekable else _content_length(request)
    if length > limit:
        raise BodyTooLarge(_DUMP)
    if not is_seekable:
        # Some servers give a stream that can be read once.
        return BytesIO(stream.read(length))
    stream.seek(0)
    return stream


def _content_length(request: Request) -> int:
    length = parse_whole_number(request.META.get("CONTENT_LENGTH") or "0")
    # What is no 64-bit number is longer than any limit.
    return MAX_LONG if length is None else length


def raw_path(request: HttpRequest) -> str:
    """Return the percent-encoded path: a slash in an id differs from a separator.

    The prefix of a snapshot is removed. Where the server keeps no raw path, Django's decoded one is
    encoded again: then an encoded slash is lost.
    """
    snapshot_prefix = get_script_prefix().rstrip("/").removeprefix(settings.ANNALS_PREFIX)
    scope = request.META.get("asgi.scope", {})
    if scope.get("raw_path"):
        path: str = scope["raw_path"].decode("latin-1")
        return path.partition("?")[0].removeprefix(snapshot_prefix)
    for name in ("RAW_URI", "REQUEST_URI"):
        if request.META.get(name):
            return urlsplit(str(request.META[name])).path.removeprefix(snapshot_prefix)
    return quote(request.path_info)
