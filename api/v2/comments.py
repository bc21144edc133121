"""What people remark on a version."""

from rest_framework.request import Request
from rest_framework.response import Response

from access.middleware import get_caller
from api.resource import Resource
from api.v2 import request_json, response_json
from journal import commands
from registry import queries


class VersionComments(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        found = queries.comments(group_id, artifact_id, version)
        return Response([response_json.comment(each) for each in found])

    def post(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        said = request_json.comment(request)
        made = commands.create_comment(
            group_id, artifact_id, version, said, get_caller(request._request).name
        )
        return Response(response_json.comment(made))


class VersionComment(Resource):
    def put(
        self,
        request: Request,
        group_id: str | None,
        artifact_id: str,
        version: str,
        comment_id: str,
    ) -> Response:
        said = request_json.comment(request)
        commands.update_comment(group_id, artifact_id, version, comment_id, said)
        return Response(status=204)

    def delete(
        self,
        request: Request,
        group_id: str | None,
        artifact_id: str,
        version: str,
        comment_id: str,
    ) -> Response:
        commands.delete_comment(group_id, artifact_id, version, comment_id)
        return Response(status=204)
