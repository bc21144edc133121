"""References of a content to others, and of others to a version."""

from enum import StrEnum

from rest_framework.request import Request
from rest_framework.response import Response

from api.resource import Resource
from api.v2 import response_json
from api.v2.parameters import query_choice
from registry import queries
from registry.queries import VersionMeta


class ReferenceType(StrEnum):
    OUTBOUND = "OUTBOUND"
    INBOUND = "INBOUND"


class VersionReferences(Resource):
    def get(
        self, request: Request, group_id: str | None, artifact_id: str, version: str
    ) -> Response:
        return _references_response(request, queries.version_meta(group_id, artifact_id, version))


class GlobalIdReferences(Resource):
    def get(self, request: Request, global_id: int) -> Response:
        return _references_response(request, queries.version_meta_by_global_id(global_id))


class ContentIdReferences(Resource):
    def get(self, request: Request, content_id: int) -> Response:
        body = queries.content_by_content_id(content_id)
        return Response(response_json.references(body.references))


class ContentHashReferences(Resource):
    def get(self, request: Request, content_hash: str) -> Response:
        return Response(response_json.references(queries.content_by_hash(content_hash).references))


def _references_response(request: Request, meta: VersionMeta) -> Response:
    reference_type = query_choice(request, "refType", ReferenceType, ReferenceType.OUTBOUND)
    if reference_type is ReferenceType.OUTBOUND:
        references = meta.references
    else:
        references = queries.inbound_references(meta.group_id, meta.artifact_id, meta.version)
    return Response(response_json.references(references))
