"""Contents as answers: the bytes as they were sent, under the media type of their kind."""

from django.http import HttpResponse
from rest_framework.request import Request

from api.etags import IMMUTABLE
from api.problems import BadRequest
from api.resource import Resource
from api.v2.parameters import flag
from registry import queries
from registry.artifact_types import (
    CannotDereference,
    UnknownArtifactType,
    dereferenced,
    media_type_of,
)
from registry.errors import ArtifactNotFound
from registry.models import State
from registry.queries import ContentBody

_ANY = "application/octet-stream"


class ByGlobalId(Resource):
    def get(self, request: Request, global_id: int) -> HttpResponse:
        body = queries.content_by_global_id(global_id)
        if body.meta is not None and body.meta.state == State.DISABLED:
            raise ArtifactNotFound(None, global_id)
        return _by_id(request, body)


class ByContentId(Resource):
    def get(self, request: Request, content_id: int) -> HttpResponse:
        return _by_id(request, queries.content_by_content_id(content_id))


class ByContentHash(Resource):
    def get(self, request: Request, content_hash: str) -> HttpResponse:
        return _by_id(request, queries.content_by_hash(content_hash))


def _by_id(request: Request, body: ContentBody) -> HttpResponse:
    """Of an id the content never changes; a deprecation, which a header tells, may end."""
    answer = content_answer(request, body)
    if body.meta is None or body.meta.state == State.ENABLED:
        answer.headers["Cache-Control"] = IMMUTABLE
    return answer


def content_answer(request: Request, body: ContentBody) -> HttpResponse:
    """With X-Registry-* headers when the version is deprecated; raises BadRequest."""
    content, dereferences = body.content, flag(request, "dereference")
    # A content that was asked for by itself is given as it is, since its type is not known.
    if body.references and body.meta is not None and dereferences:
        content = _dereferenced(body)
    answer = HttpResponse(content, content_type=_media_type(body))
    meta = body.meta
    if meta is not None and meta.state == State.DEPRECATED:
        answer.headers["X-Registry-Deprecated"] = "true"
        answer.headers["X-Registry-ArtifactId"] = meta.artifact_id
        answer.headers["X-Registry-Version"] = meta.version
        if meta.group_id is not None:
            answer.headers["X-Registry-GroupId"] = meta.group_id
    return answer


def _dereferenced(body: ContentBody) -> bytes:
    resolved = queries.resolve_references(body.references)
    if resolved.cycle:
        trail = " → ".join(resolved.cycle)
        raise BadRequest(f"The content can't be dereferenced: its references go round, {trail}.")
    try:
        return dereferenced(body.type, body.content, resolved.contents)
    except CannotDereference as error:
        raise BadRequest(f"The content can't be dereferenced: {error}.") from error


def _media_type(body: ContentBody) -> str:
    if body.type is None:
        return _ANY
    try:
        return media_type_of(body.type, body.content)
    except UnknownArtifactType:
        # Another node may know types of its own.
        return _ANY
