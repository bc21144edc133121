"""Artifacts: create, read, update, delete, their metadata and state."""

from collections.abc import Iterable
from types import MappingProxyType

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.resource import Resource
from api.v2 import request_json, response_json
from api.v2.content_bodies import canonical_hashes, parse_content
from api.v2.contents import content_response
from api.v2.new_versions import parse_upload
from api.v2.parameters import query_choice, query_flag
from api.v2.search import search_response
from journal import commands
from journal.commands import IfExists
from registry import queries
from registry.errors import ArtifactNotFound
from registry.queries import ArtifactFilter
from registry.references import content_hash, serialize_references


class Artifacts(Resource):
    def get(self, request: Request, group_id: str | None) -> Response:
        return search_response(request, ArtifactFilter(group=group_id or "default"))

    def post(self, request: Request, group_id: str | None) -> Response:
        if_exists = query_choice(request, "ifExists", IfExists, IfExists.FAIL)
        canonical = query_flag(request, "canonical")
        is_dry_run = query_flag(request, "dryRun")
        version = parse_upload(request).first_version(group_id)
        if is_dry_run:
            commands.check_artifact(self.writer, version, if_exists)
            return Response(status=204)
        meta = commands.create_artifact(self.writer, version, if_exists, canonical)
        return Response(response_json.artifact_meta(meta))

    def delete(self, request: Request, group_id: str | None) -> Response:
        """Delete all artifacts of the group, but not the group."""
        commands.delete_artifacts(self.writer, group_id)
        return Response(status=204)


class Artifact(Resource):
    def get(self, request: Request, group_id: str | None, artifact_id: str) -> HttpResponse:
        return content_response(request, queries.content_of_version(group_id, artifact_id))

    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        version = parse_upload(request).next_version(group_id, artifact_id)
        meta = commands.update_artifact(self.writer, version)
        return Response(response_json.artifact_meta(meta))

    def delete(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.delete_artifact(self.writer, group_id, artifact_id)
        return Response(status=204)


class ArtifactMeta(Resource):
    levels = MappingProxyType({"POST": Level.READ})

    def get(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        return Response(response_json.artifact_meta(queries.version_meta(group_id, artifact_id)))

    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.update_meta_data(
            self.writer,
            group_id,
            artifact_id,
            None,
            request_json.parse_meta_data(request),
        )
        return Response(status=204)

    def post(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        """Find the version with the content of the body."""
        is_canonical = query_flag(request, "canonical")
        submitted = parse_content(request)
        type_name = queries.artifact_type(group_id, artifact_id)
        hashes: Iterable[dict[str, str]]
        if is_canonical:
            all_hashes = canonical_hashes(type_name, submitted, (group_id, artifact_id))
            hashes = ({"canonical_hash": value} for value in all_hashes)
        else:
            exact = content_hash(submitted.content, serialize_references(submitted.references))
            hashes = ({"content_hash": exact}, {"other_hash": exact})
        found = (
            queries.find_version_by_content(group_id, artifact_id, **by_hash) for by_hash in hashes
        )
        meta = next(filter(None, found), None)
        if meta is None:
            raise ArtifactNotFound(group_id, artifact_id)
        return Response(response_json.version_meta(meta))


class ArtifactState(Resource):
    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.update_state(
            self.writer, group_id, artifact_id, None, request_json.parse_state(request)
        )
        return Response(status=204)


class ArtifactOwner(Resource):
    def get(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        # Not found where all versions are disabled, as on a Java node.
        return Response({"owner": queries.version_meta(group_id, artifact_id).artifact_created_by})

    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        commands.update_owner(self.writer, group_id, artifact_id, request_json.parse_owner(request))
        return Response(status=204)


class ArtifactTest(Resource):
    def put(self, request: Request, group_id: str | None, artifact_id: str) -> Response:
        """Respond with 204 if the same request would create the artifact's next version."""
        version = parse_upload(request).next_version(group_id, artifact_id)
        commands.check_update(self.writer, version)
        return Response(status=204)
