"""Answers that a client may keep: what names their state, and 304 where it has not changed."""

from hashlib import blake2b
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.response import Response

#: Of what never changes below its address; a year is as long as HTTP knows.
IMMUTABLE = "public, max-age=31536000, immutable"
#: Of what may be kept, and asked about each time.
REVALIDATED = "no-cache"
#: Of what is said once, or changes something.
NEVER_KEPT = "no-cache, no-store, must-revalidate"

_READS = frozenset({"GET", "HEAD"})
_ETAG_BYTES = 16


def etag_of(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=_ETAG_BYTES).hexdigest()}"'


def conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer with its ETag, or 304 for whom has it; where access is on, for that one only."""
    if settings.ANNALS_ACCESS.is_on:
        patch_vary_headers(response, ("Authorization", "Cookie"))
    if request.method not in _READS or response.status_code != 200 or response.streaming:
        response.headers.setdefault("Cache-Control", NEVER_KEPT)
        return response
    response.headers.setdefault("Cache-Control", REVALIDATED)
    if settings.ANNALS_ACCESS.is_on:
        told = response.headers["Cache-Control"].removeprefix("public, ")
        response.headers["Cache-Control"] = f"private, {told}"
    if isinstance(response, Response) and not response.is_rendered:
        response.add_post_render_callback(lambda rendered: _with_etag(request, rendered))
        return response
    return _with_etag(request, response)


def _with_etag(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    response = cast(HttpResponse, answer)
    if "ETag" not in response.headers:
        response.headers["ETag"] = etag_of(response.content)
    found = get_conditional_response(request, response.headers["ETag"], None, response)
    return cast(HttpResponseBase, found)
