"""The whole registry as a zip archive, directly or behind a single-use link.

Offering a link, and using it up, publishes a record, as Apicurio's clients expect of these two
GETs. The id of a link is the record's key, so any Annals node can serve the link; a Java node makes
up another id, known to that node alone.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import get_script_prefix
from rest_framework.request import Request
from rest_framework.response import Response

from access.middleware import get_caller
from access.origins import require_own_page
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
        """Respond with the archive, or with `forBrowser` a link to it for a browser to save."""
        if not query_flag(request, "forBrowser"):
            return _archive_response()
        # A write by GET, which any page can have a browser ask for, with its cookies.
        require_own_page(request._request)
        get_caller(request._request).require_no_session()
        download_id = commands.offer_export(self.writer)
        return Response({
            "downloadId": download_id,
            "href": f"{get_script_prefix()}apis/registry/v2/downloads/{download_id}",
        })


class Download(Resource):
    """The link itself grants access; a file name after the id is for browsers only."""

    read_level = Level.NONE
    http_method_names = _METHODS

    def get(self, request: Request, download_id: str, file_name: str = "") -> HttpResponseBase:
        download = commands.use_download(self.writer, download_id)
        if download.type != commands.EXPORT:
            # Apicurio has names for other kinds, and nothing that offers or serves one.
            raise DownloadNotFound(download_id)
        return _archive_response()


def _archive_response() -> StreamingHttpResponse:
    """Return a streamed archive of one state of the tables."""
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
