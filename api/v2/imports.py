"""Import of an export: `POST /admin/import`."""

from dataclasses import asdict
from typing import IO, Any

from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.http import body_file
from api.problems import BadRequest
from api.resource import Resource
from api.v2.parameters import flag, header
from journal import commands
from journal.commands import PreservedIds

_ZIP = "application/zip"


class Import(Resource):
    writing = Level.ADMIN

    def post(self, request: Request) -> Response:
        """204 when all of it was applied; with `dryRun`, what would become of it, and 200."""
        kept = PreservedIds(
            global_ids=_is_kept(request, "X-Registry-Preserve-GlobalId"),
            content_ids=_is_kept(request, "X-Registry-Preserve-ContentId"),
        )
        archive = _archive(request)
        if flag(request, "dryRun"):
            return Response(_preview(archive, kept))
        commands.import_archive(archive, kept)
        return Response(status=204)


def _archive(request: Request) -> IO[bytes]:
    media_type = (request.content_type or "").partition(";")[0].strip().lower()
    if media_type != _ZIP:
        raise UnsupportedMediaType(media_type or "without a type")
    return body_file(request)


def _is_kept(request: Request, name: str) -> bool:
    said = (header(request, name) or "true").lower()
    if said not in {"true", "false"}:
        raise BadRequest(f"The header {name} is true or false, not '{said}'.")
    return said == "true"


def _preview(archive: IO[bytes], kept: PreservedIds) -> dict[str, Any]:
    plan = commands.preview_import(archive, kept)
    return {
        **{name: asdict(count) for name, count in plan.counts.items()},
        "conflicts": {"count": plan.conflict_count, "first": plan.conflicts},
    }
