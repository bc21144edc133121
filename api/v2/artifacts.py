"""Artifacts: create, read, update, delete, their metadata and state."""

from types import MappingProxyType

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from access.middleware import get_caller
from access.ownership import require_artifact_owner, require_owner_of_all
from access.policy import Level
from api.resource import Resource
from api.v2 import request_json, response_json
from api.v2.content_bodies import looked_up_hash, submission
from api.v2.contents import content_answer
from api.v2.new_versions import new_artifact, next_version
from api.v2.parameters import choice, flag
from api.v2.search import answer_search
from journal import commands
from journal.commands import IfExists
from registry import queries
from registry.errors import ArtifactNotFound
from registry.queries import ArtifactFilter
from registry.references import content_hash, serialize_references


class Artifacts(Resource):
    def get(self, request: Request, group_id: str | None) -> Response:
        return answer_search(request, ArtifactFilter(group=group_id or "default"))

    def post(self, request: Request, group_id: str | None) -> Response:
        if_exists = choice(request, "ifExists", IfExists, IfExists.FAIL)
        canonical = flag(request, "canonical")
        new = new_artifact(request, group_id)
        if if_exists is not IfExists.FAIL:
            require_artifact_owner(get_caller(request._request), group_id, new.artifact_id)
        if flag(request, "dryRun"):
            commands.check_artifact(new, if_exists)
            return Response(status=204)
        meta = commands.create_artifact(new, if_exists, canonical)
        return Response(response_json.artifact_meta(meta))

    def delete(self, request: Request, group_id: str | None) -> Response:
        """All of the group, which is kept."""
        require_owner_of_all(get_caller(request._request), group_id)
        commands.delete_artifacts(group_id)
        return Response(status=204)


class Artifact(Resource):
    def get(self, request: Request, group_id: str | None, artifact_id: str) -> HttpResponse:
        return content_answer(request, queries.content_of_version(group_id, artifact_id))

    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        meta = commands.update_artifact(next_version(request, group_id, artifact_id))
        return Response(response_json.artifact_meta(meta))

    def delete(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.delete_artifact(group_id, artifact_id)
        return Response(status=204)


class ArtifactMeta(Resource):
    levels = MappingProxyType({"POST": Level.READ})

    def get(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        return Response(response_json.artifact_meta(queries.version_meta(group_id, artifact_id)))

    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.update_meta_data(group_id, artifact_id, None, request_json.meta_data(request))
        return Response(status=204)

    def post(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        """The version with the content that is sent."""
        canonical = flag(request, "canonical")
        said = submission(request)
        type_name = queries.artifact_type(group_id, artifact_id)
        meta = queries.find_version_by_content(
            group_id,
            artifact_id,
            content_hash=(
                None
                if canonical
                else content_hash(said.content, serialize_references(said.references))
            ),
            canonical_hash=looked_up_hash(type_name, said) if canonical else None,
        )
        if meta is None:
            raise ArtifactNotFound(group_id, artifact_id)
        return Response(response_json.version_meta(meta))


class ArtifactState(Resource):
    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.update_state(group_id, artifact_id, None, request_json.state(request))
        return Response(status=204)


class ArtifactOwner(Resource):
    def get(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        return Response({"owner": queries.artifact_owner(group_id, artifact_id)})

    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.update_owner(group_id, artifact_id, request_json.owner(request))
        return Response(status=204)


class ArtifactTest(Resource):
    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        """204 where the same content would become the artifact's next version."""
        commands.check_update(next_version(request, group_id, artifact_id))
        return Response(status=204)
