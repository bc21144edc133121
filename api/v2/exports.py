"""The whole registry as a zip, at once or behind a link that works once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.resource import Resource
from api.v2.parameters import flag
from api.v2.system import about
from journal import commands
from registry import queries
from registry.archives.zip_writer import zip_chunks
from registry.errors import DownloadNotFound

#: HEAD would say records, too: it is not served.
_METHODS = ["get", "options"]
_VERSION = "1.0"


class Export(Resource):
    reading = Level.ADMIN
    http_method_names = _METHODS

    def get(self, request: Request) -> HttpResponseBase:
        """The zip, or with `forBrowser` a link to it, which a browser follows and saves."""
        if not flag(request, "forBrowser"):
            return _zip()
        download_id = commands.offer_export()
        return Response({
            "downloadId": download_id,
            "href": f"{get_script_prefix()}apis/registry/v2/downloads/{download_id}",
        })


class Download(Resource):
    """Whoever has the link may follow it; a file name after the id is for browsers only."""

    reading = Level.NONE
    http_method_names = _METHODS

    def get(self, request: Request, download_id: str, file_name: str = "") -> HttpResponseBase:
        found = commands.use_download(download_id)
        if found.type != commands.EXPORT:
            # Apicurio has names for other kinds, and nothing that offers or serves one.
            raise DownloadNotFound(download_id)
        return _zip()


def _zip() -> StreamingHttpResponse:
    """Sent while it is read, from one state of the tables."""
    return StreamingHttpResponse(zip_chunks(_entries()), content_type="application/zip")


def _entries() -> Iterator[tuple[str, bytes]]:
    yield _manifest(datetime.now(UTC))
    with queries.repeatable_read():
        yield from queries.export_entries()


def _manifest(now: datetime) -> tuple[str, bytes]:
    instant = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    system = about()
    document: dict[str, Any] = {
        "systemVersion": system["version"],
        "systemName": system["name"],
        "systemDescription": system["description"],
        "exportVersion": _VERSION,
        "exportedOn": int(now.timestamp() * 1000),
        "exportedBy": "",
    }
    return f"manifest-{instant}.Manifest.json", orjson.dumps(document)
