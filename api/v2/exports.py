"""The whole registry as a zip archive, at once or behind a link that works once.

Offering a link, and using it up, publishes a record, as Apicurio's clients expect of these two
GETs. The link's id is the record's key, so any node of this kind can serve it; a Java node makes up
another id, which only that node knows.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.resource import Resource
from api.v2.parameters import query_flag
from api.v2.system import system_info
from journal import commands
from registry import queries
from registry.archives.zip_writer import zip_chunks
from registry.errors import DownloadNotFound

#: No HEAD, which would publish a record as well: looking must change nothing.
_METHODS = ["get", "options"]
_FORMAT_VERSION = "1.0"


class Export(Resource):
    read_level = Level.ADMIN
    http_method_names = _METHODS

    def get(self, request: Request) -> HttpResponseBase:
        """The archive, or with `forBrowser` a link to it, which a browser follows and saves."""
        if not query_flag(request, "forBrowser"):
            return _archive_response()
        download_id = commands.offer_export(self.publisher)
        return Response({
            "downloadId": download_id,
            "href": f"{get_script_prefix()}apis/registry/v2/downloads/{download_id}",
        })


class Download(Resource):
    """The link itself is the permission; a file name after the id is for browsers only."""

    read_level = Level.NONE
    http_method_names = _METHODS

    def get(self, request: Request, download_id: str, file_name: str = "") -> HttpResponseBase:
        download = commands.use_download(self.publisher, download_id)
        if download.type != commands.EXPORT:
            # Apicurio has names for other kinds, and nothing that offers or serves one.
            raise DownloadNotFound(download_id)
        return _archive_response()


def _archive_response() -> StreamingHttpResponse:
    """Return the archive, sent while it is read, from one state of the tables."""
    return StreamingHttpResponse(zip_chunks(_entries()), content_type="application/zip")


def _entries() -> Iterator[tuple[str, bytes]]:
    now = datetime.now(UTC)
    instant = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    system = system_info()
    manifest = {
        "systemVersion": system["version"],
        "systemName": system["name"],
        "systemDescription": system["description"],
        "exportVersion": _FORMAT_VERSION,
        "exportedOn": int(now.timestamp() * 1000),
        "exportedBy": "",
    }
    yield f"manifest-{instant}.Manifest.json", orjson.dumps(manifest)
    with queries.repeatable_read():
        yield from queries.export_entries()
