"""Serves each snapshot below /at/{id}, with the same pages and the same REST reads."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix

from journal.snapshots.store import snapshot_store
from registry.connections import read_from

_PREFIX = re.compile(r"/at/(?P<id>[^/]+)(?=/)")


class SnapshotMiddleware:
    """Sets `request.snapshot`, None for the node's own registry.

    For a snapshot, the thread of the request reads the snapshot's tables, and addresses are made
    below its prefix. So views, queries and templates need to check for snapshots only before
    offering a write.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Middleware adds what the class of requests does not declare.
        request.snapshot = None  # type: ignore[attr-defined]
        match = _PREFIX.match(request.path_info)
        if match is None:
            return self._get_response(request)
        snapshot = snapshot_store().find(match["id"])
        if snapshot is None:
            raise Http404("This snapshot is not kept, or not any more.")
        prefix, script_prefix = match[0], get_script_prefix()
        request.snapshot = snapshot  # type: ignore[attr-defined]
        request.path_info = request.path_info.removeprefix(prefix)
        request.urlconf = "node.web.snapshot_urls"
        set_script_prefix(f"{settings.ANNALS_PREFIX}{prefix}/")
        tables = snapshot_store().tables(snapshot)
        try:
            with read_from(tables):
                response = self._get_response(request)
        finally:
            set_script_prefix(script_prefix)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _read_from(tables, iter(response))
        return response


def _read_from(tables: Path, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the chunks of a response streamed after the return of the middleware."""
    with read_from(tables):
        yield from chunks
