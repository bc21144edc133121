"""Comments on a version."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource
from api.v2 import request_json, response_json
from journal import commands
from registry import queries


class VersionComments(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        comments = queries.comments(group_id, artifact_id, version)
        return Response([response_json.comment(comment) for comment in comments])

    def post(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        value = request_json.parse_comment(request)
        comment = commands.create_comment(self.writer, group_id, artifact_id, version, value)
        return Response(response_json.comment(comment))


class VersionComment(Resource):
    def put(
        self,
        request: Request,
        group_id: str | None,
        artifact_id: str,
        version: str,
        comment_id: str,
    ) -> Response:
        value = request_json.parse_comment(request)
        commands.update_comment(self.writer, group_id, artifact_id, version, comment_id, value)
        return Response(status=204)

    def delete(
        self,
        request: Request,
        group_id: str | None,
        artifact_id: str,
        version: str,
        comment_id: str,
    ) -> Response:
        commands.delete_comment(self.writer, group_id, artifact_id, version, comment_id)
        return Response(status=204)
