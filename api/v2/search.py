"""Artifacts found, in pages, in the order that the request asks for."""

from types import MappingProxyType

from rest_framework.request import Request
from rest_framework.response import Response

from access.policy import Level
from api.problems import BadRequest
from api.resource import Resource
from api.v2 import response_json
from api.v2.content_bodies import looked_up_hash, submission
from api.v2.parameters import choice, flag, number, paging, text, texts
from registry import queries
from registry.artifact_types import by_name
from registry.queries import ArtifactFilter, Order, OrderBy
from registry.references import content_hash, serialize_references


class Search(Resource):
    levels = MappingProxyType({"POST": Level.READ})

    def get(self, request: Request) -> Response:
        where = ArtifactFilter(
            name=text(request, "name"),
            group=text(request, "group"),
            description=text(request, "description"),
            labels=texts(request, "labels"),
            properties=tuple(_property(each) for each in texts(request, "properties")),
            global_id=number(request, "globalId"),
            content_id=number(request, "contentId"),
        )
        return answer_search(request, where)

    def post(self, request: Request) -> Response:
        """Artifacts whose latest version has the content that is sent."""
        canonical = flag(request, "canonical")
        type_name = text(request, "artifactType")
        if canonical and not type_name:
            raise BadRequest(
                "When setting 'canonical' to 'true', the 'artifactType' query parameter "
                "is also required."
            )
        said = submission(request)
        if canonical:
            found = looked_up_hash(by_name(type_name).name, said)
            return answer_search(request, ArtifactFilter(canonical_hash=found))
        found = content_hash(said.content, serialize_references(said.references))
        return answer_search(request, ArtifactFilter(content_hash=found))


def answer_search(request: Request, where: ArtifactFilter) -> Response:
    offset, limit = paging(request)
    page = queries.search_artifacts(
        where,
        order_by=choice(request, "orderby", OrderBy, OrderBy.NAME),
        order=choice(request, "order", Order, Order.ASC),
        offset=offset,
        limit=limit,
    )
    return Response(response_json.artifact_page(page))


def _property(said: str) -> tuple[str, str | None]:
    """From "key:value", or "key" for any value."""
    key, colon, value = said.partition(":")
    if not key:
        raise BadRequest(f"A property is searched as 'key:value', not '{said}'.")
    return key, value if colon else None
