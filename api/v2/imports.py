"""Import of an export: `POST /admin/import`."""

from dataclasses import asdict

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.http import body_file
from api.problems import BadRequest
from api.resource import Resource
from api.v2.parameters import header, query_flag
from journal import commands
from journal.commands import PreservedIds


class Import(Resource):
    write_level = Level.ADMIN

    def post(self, request: Request) -> Response:
        """Import all entries and respond with 204; with `dryRun`, 200 and a preview."""
        preserved = PreservedIds(
            global_ids=_header_flag(request, "X-Registry-Preserve-GlobalId"),
            content_ids=_header_flag(request, "X-Registry-Preserve-ContentId"),
        )
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        if media_type != "application/zip":
            raise UnsupportedMediaType(media_type or "without a type")
        archive = body_file(request)
        if not query_flag(request, "dryRun"):
            commands.import_archive(self.writer, archive, preserved)
            return Response(status=204)
        plan = commands.preview_import(self.writer, archive, preserved)
        return Response({
            **{name: asdict(count) for name, count in plan.counts.items()},
            "conflicts": {"count": plan.conflict_count, "first": plan.conflicts},
        })


def _header_flag(request: Request, name: str) -> bool:
    """Return the boolean of a header, True by default; raises BadRequest."""
    value = (header(request, name) or "true").lower()
    if value not in {"true", "false"}:
        raise BadRequest(f"The header {name} is true or false, not '{value}'.")
    return value == "true"
