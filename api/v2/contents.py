"""Contents as responses: the bytes as uploaded, with the media type of their artifact type."""

from urllib.parse import quote

from django.http import HttpResponse
from rest_framework.request import Request

from api.etags import IMMUTABLE
from api.problems import BadRequest
from api.resource import Resource
from api.v2.ids import has_control_character
from api.v2.parameters import query_flag
from registry import queries
from registry.artifact_types import (
    DereferenceError,
    UnknownArtifactType,
    get_media_type,
)
from registry.checking import dereference
from registry.errors import ArtifactNotFound
from registry.models import State
from registry.queries import ContentBody

_UNKNOWN_TYPE = "application/octet-stream"


class ContentByGlobalId(Resource):
    def get(self, request: Request, global_id: int) -> HttpResponse:
        body = queries.content_by_global_id(global_id)
        if body.meta is not None and body.meta.state == State.DISABLED:
            raise ArtifactNotFound(None, global_id)
        return _immutable_response(request, body)


class ContentByContentId(Resource):
    def get(self, request: Request, content_id: int) -> HttpResponse:
        return _immutable_response(request, queries.content_by_content_id(content_id))


class ContentByHash(Resource):
    def get(self, request: Request, content_hash: str) -> HttpResponse:
        return _immutable_response(request, queries.content_by_hash(content_hash))


def _immutable_response(request: Request, body: ContentBody) -> HttpResponse:
    """Let clients cache the content of an id; not if deprecated, since those headers may change."""
    response = content_response(request, body)
    if body.meta is None or body.meta.state == State.ENABLED:
        response.headers["Cache-Control"] = IMMUTABLE
    return response


def content_response(request: Request, body: ContentBody) -> HttpResponse:
    """Return the content, with X-Registry-* headers of a deprecated version; raises BadRequest."""
    content, meta = body.content, body.meta
    is_dereferenced = query_flag(request, "dereference")
    # A content that is requested by its own id has no type, and is given as it is.
    if is_dereferenced and body.references and meta is not None:
        content = _dereference(body)
    response = HttpResponse(content, content_type=_media_type(body.type, content))
    if meta is not None and meta.state == State.DEPRECATED:
        response.headers["X-Registry-Deprecated"] = "true"
        response.headers["X-Registry-ArtifactId"] = _to_header(meta.artifact_id)
        response.headers["X-Registry-Version"] = _to_header(meta.version)
        if meta.group_id is not None:
            response.headers["X-Registry-GroupId"] = _to_header(meta.group_id)
    return response


def _to_header(text: str) -> str:
    """Return an id, percent-encoded if a control character would break the header."""
    return quote(text) if has_control_character(text) else text


def _dereference(body: ContentBody) -> bytes:
    resolved = queries.resolve_references(body.references)
    if resolved.cycle:
        trail = " → ".join(resolved.cycle)
        raise BadRequest(f"The content can't be dereferenced: its references go round, {trail}.")
    try:
        return dereference(body.type, body.content, queries.linked_references(body.references))
    except DereferenceError as error:
        raise BadRequest(f"The content can't be dereferenced: {error}.") from error


def _media_type(type_name: str | None, content: bytes) -> str:
    if type_name is None:
        return _UNKNOWN_TYPE
    try:
        return get_media_type(type_name, content)
    except UnknownArtifactType:
        # Other nodes may have types of their own.
        return _UNKNOWN_TYPE
