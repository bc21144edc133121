"""Versions of an artifact: list, create, read, delete, their metadata and state."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource
from api.v2 import request_json, response_json
from api.v2.contents import content_response
from api.v2.new_versions import parse_upload
from api.v2.parameters import paging, query_flag
from journal import commands
from registry import queries
from registry.errors import VersionNotFound
from registry.models import State


class Versions(Resource):
    def get(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        offset, limit = paging(request)
        page = queries.versions(group_id, artifact_id, offset=offset, limit=limit)
        return Response(response_json.version_page(page))

    def post(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        is_dry_run = query_flag(request, "dryRun")
        version = parse_upload(request).next_version(group_id, artifact_id)
        if is_dry_run:
            commands.check_update(self.writer, version)
            return Response(status=204)
        return Response(
            response_json.new_version_meta(commands.update_artifact(self.writer, version))
        )


class Version(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> HttpResponse:
        body = queries.content_of_version(group_id, artifact_id, version)
        if body.meta is not None and body.meta.state == State.DISABLED:
            raise VersionNotFound(group_id, artifact_id, version)
        return content_response(request, body)

    def delete(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        commands.delete_version(self.writer, group_id, artifact_id, version)
        return Response(status=204)


class VersionMeta(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        meta = queries.version_meta(group_id, artifact_id, version)
        return Response(response_json.version_meta(meta))

    def put(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        commands.update_meta_data(
            self.writer,
            group_id,
            artifact_id,
            version,
            request_json.parse_meta_data(request),
        )
        return Response(status=204)

    def delete(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        commands.clear_meta_data(self.writer, group_id, artifact_id, version)
        return Response(status=204)


class VersionState(Resource):
    def put(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        commands.update_state(
            self.writer,
            group_id,
            artifact_id,
            version,
            request_json.parse_state(request),
        )
        return Response(status=204)
