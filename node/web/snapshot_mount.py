"""Serves each snapshot below /at/{id}, with the same pages and the same reads of REST."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix

from journal.snapshots.store import Snapshot, snapshot_store
from registry.connections import read_from

_BELOW = re.compile(r"/at/(?P<id>[^/]+)(?=/)")


class SnapshotMount:
    """Middleware; it sets `request.snapshot`, None for the node's own registry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.snapshot = None  # type: ignore[attr-defined]
        below = _BELOW.match(request.path_info)
        if below is None:
            return self._get_response(request)
        snapshot = snapshot_store().find(below["id"])
        if snapshot is None:
            raise Http404("This snapshot is not kept, or not any more.")
        tables = snapshot_store().tables(snapshot)
        with read_from(tables), _mounted(request, snapshot, below[0]):
            answer = self._get_response(request)
        if isinstance(answer, StreamingHttpResponse):
            # It is read when it is sent, after the block.
            answer.streaming_content = _read_from(tables, iter(answer))
        return answer


def _read_from(tables: Path, chunks: Iterator[bytes]) -> Iterator[bytes]:
    with read_from(tables):
        yield from chunks


@contextmanager
def _mounted(request: HttpRequest, snapshot: Snapshot, prefix: str) -> Iterator[None]:
    """Addresses are made below the prefix, and matched without it."""
    before = get_script_prefix()
    request.snapshot = snapshot  # type: ignore[attr-defined]
    request.path_info = request.path_info.removeprefix(prefix)
    request.urlconf = "node.web.snapshot_urls"
    set_script_prefix(f"{settings.ANNALS_PREFIX}{prefix}/")
    try:
        yield
    finally:
        set_script_prefix(before)
