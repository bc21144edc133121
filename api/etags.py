"""Cache headers of responses: an ETag of the content, and 304 for a client with a current copy."""

from hashlib import blake2b
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.response import Response

#: Content that never changes at its address; a year is the longest age that HTTP knows.
IMMUTABLE = "public, max-age=31536000, immutable"
#: Content that may be cached, and is revalidated on each use.
REVALIDATED = "no-cache"
#: Responses to writes, and those that are given once.
NO_STORE = "no-cache, no-store, must-revalidate"

_READS = frozenset({"GET", "HEAD"})
_ETAG_BYTES = 16


def etag_for(body: bytes) -> str:
    return f'"{blake2b(body, digest_size=_ETAG_BYTES).hexdigest()}"'


def conditional_response(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return `response` with its ETag, or 304 for a matching If-None-Match.

    While access is on, shared caches may not store the response.
    """
    is_protected = settings.ANNALS_ACCESS.is_on
    if is_protected:
        patch_vary_headers(response, ("Authorization", "Cookie"))
    if request.method not in _READS or response.status_code != 200 or response.streaming:
        response.headers.setdefault("Cache-Control", NO_STORE)
        return response
    response.headers.setdefault("Cache-Control", REVALIDATED)
    if is_protected:
        directives = response.headers["Cache-Control"].removeprefix("public, ")
        response.headers["Cache-Control"] = f"private, {directives}"
    if isinstance(response, Response) and not response.is_rendered:
        response.add_post_render_callback(lambda rendered: _with_etag(request, rendered))
        return response
    return _with_etag(request, response)


def _with_etag(request: HttpRequest, rendered: HttpResponseBase) -> HttpResponseBase:
    response = cast(HttpResponse, rendered)
    if "ETag" not in response.headers:
        response.headers["ETag"] = etag_for(response.content)
    etag = response.headers["ETag"]
    return cast(HttpResponseBase, get_conditional_response(request, etag, None, response))
