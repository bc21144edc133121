"""Search of artifacts, in pages, in the order of the request."""

from types import MappingProxyType

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.problems import BadRequest
from api.resource import Resource
from api.v2 import response_json
from api.v2.content_bodies import canonical_hashes, parse_content
from api.v2.parameters import (
    paging,
    query_choice,
    query_flag,
    query_number,
    query_text,
    query_texts,
)
from registry import queries
from registry.artifact_types import get_artifact_type
from registry.queries import ArtifactFilter, Order, OrderBy
from registry.references import content_hash, serialize_references


class Search(Resource):
    levels = MappingProxyType({"POST": Level.READ})

    def get(self, request: Request) -> Response:
        where = ArtifactFilter(
            name=query_text(request, "name"),
            group=query_text(request, "group"),
            description=query_text(request, "description"),
            labels=query_texts(request, "labels"),
            properties=tuple(_parse_property(text) for text in query_texts(request, "properties")),
            global_id=query_number(request, "globalId"),
            content_id=query_number(request, "contentId"),
        )
        return search_response(request, where)

    def post(self, request: Request) -> Response:
        """Find artifacts by the content of the body, in their latest versions."""
        is_canonical = query_flag(request, "canonical")
        type_name = query_text(request, "artifactType")
        if is_canonical and not type_name:
            raise BadRequest(
                "When setting 'canonical' to 'true', the 'artifactType' query parameter "
                "is also required."
            )
        submitted = parse_content(request)
        if is_canonical:
            hashes = tuple(canonical_hashes(get_artifact_type(type_name).name, submitted))
            return search_response(request, ArtifactFilter(canonical_hashes=hashes))
        exact_hash = content_hash(submitted.content, serialize_references(submitted.references))
        return search_response(request, ArtifactFilter(content_hash=exact_hash))


def search_response(request: Request, where: ArtifactFilter) -> Response:
    offset, limit = paging(request)
    page = queries.search_artifacts(
        where,
        order_by=query_choice(request, "orderby", OrderBy, OrderBy.NAME),
        order=query_choice(request, "order", Order, Order.ASC),
        offset=offset,
        limit=limit,
    )
    return Response(response_json.artifact_page(page))


def _parse_property(text: str) -> tuple[str, str | None]:
    """Parse "key:value", or "key" for any value."""
    key, colon, value = text.partition(":")
    if not key:
        raise BadRequest(f"A property is searched as 'key:value', not '{text}'.")
    return key, value if colon else None
