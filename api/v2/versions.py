"""Versions of an artifact: list, create, read, delete, their metadata and state."""

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource
from api.v2 import request_json, response_json
from api.v2.contents import content_answer
from api.v2.new_versions import next_version
from api.v2.parameters import flag, paging
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
        new = next_version(request, group_id, artifact_id)
        if flag(request, "dryRun"):
            commands.check_update(new)
            return Response(status=204)
        return Response(response_json.new_version_meta(commands.update_artifact(new)))


class Version(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> HttpResponse:
        body = queries.content_of_version(group_id, artifact_id, version)
        if body.meta is not None and body.meta.state == State.DISABLED:
            raise VersionNotFound(group_id, artifact_id, version)
        return content_answer(request, body)

    def delete(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        commands.delete_version(group_id, artifact_id, version)
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
        commands.update_meta_data(group_id, artifact_id, version, request_json.meta_data(request))
        return Response(status=204)

    def delete(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        commands.clear_meta_data(group_id, artifact_id, version)
        return Response(status=204)


class VersionState(Resource):
    def put(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        commands.update_state(group_id, artifact_id, version, request_json.state(request))
        return Response(status=204)
