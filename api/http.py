"""HTTP as every API here speaks it: any body, JSON out, the path as it was sent."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


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
    """More than ANNALS_LIMIT_CONTENT_BYTES (HTTP 413)."""

    def __init__(self) -> None:
        super().__init__(
            f"The body is longer than the {settings.ANNALS_LIMIT_CONTENT_BYTES} bytes "
            "that ANNALS_LIMIT_CONTENT_BYTES allows."
        )


def read_body(request: Request) -> bytes:
    """The request's body, also if it comes in chunks; raises BodyTooLarge."""
    limit: int = settings.ANNALS_LIMIT_CONTENT_BYTES
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        # Django takes a body without a length for an empty one.
        body: bytes = request.META["wsgi.input"].read(limit + 1)
    elif _length(request) > limit:
        raise BodyTooLarge
    else:
        body = request.data if isinstance(request.data, bytes) else b""
    if len(body) > limit:
        raise BodyTooLarge
    return body


def _length(request: Request) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() else 0


def raw_path(request: HttpRequest) -> str:
    """The path with its percent signs, so that a slash in an id is told from one between ids.

    What the registry stands below, as a snapshot does, is left out. Where the server keeps no such
    path, Django's decoded one is encoded again: then an encoded slash is lost.
    """
    below = get_script_prefix().rstrip("/")
    scope = request.META.get("asgi.scope", {})
    if scope.get("raw_path"):
        path: str = scope["raw_path"].decode("latin-1")
        return path.partition("?")[0].removeprefix(below)
    for name in ("RAW_URI", "REQUEST_URI"):
        if request.META.get(name):
            return urlsplit(str(request.META[name])).path.removeprefix(below)
    return quote(request.path_info)
