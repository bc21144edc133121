"""Import of an export: `POST /admin/import`."""

import io

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from api.http import read_body
from api.resource import Resource
from journal.mending.imports import import_archive

_ZIP = "application/zip"


class Import(Resource):
    def post(self, request: Request) -> Response:
        """204 when all of it was applied; of an empty export that is a reset of the sequences."""
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        if media_type != _ZIP:
            raise UnsupportedMediaType(media_type or "without a type")
        import_archive(io.BytesIO(read_body(request)))
        return Response(status=204)
