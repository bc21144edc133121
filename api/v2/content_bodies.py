"""Contents that requests carry: as they are, or with their references."""

import hashlib
import re
from dataclasses import dataclass
from email.message import Message
from typing import Any

import orjson
from rest_framework.request import Request

from api.http import BodyTooLarge, read_body
from api.problems import BadRequest
from api.v2.parameters import header
from journal.remote.contents import FetchedTooLarge, NotFetched, fetched
from registry import queries
from registry.artifact_types import by_name, canonical_hash
from registry.errors import UncanonicalContent
from registry.references import Reference, serialize_references

_EXTENDED = re.compile(r"application/(vnd\.)?(create|get)\.extended\+json")

#: As Java has it: what no content of a known type could be.
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)

_HASHES = {"SHA256": hashlib.sha256, "MD5": hashlib.md5}


@dataclass(frozen=True, slots=True)
class Submission:
    """A content and what its Content-Type says; `type_name` is that header's artifactType."""

    content: bytes
    references: tuple[Reference, ...]
    media_type: str
    type_name: str | None


def submission(request: Request) -> Submission:
    """Raises BadRequest, BodyTooLarge."""
    body = read_body(request)
    said = Message()
    said["Content-Type"] = request.META.get("CONTENT_TYPE") or "application/octet-stream"
    media_type = said.get_content_type()
    type_name = said.get_param("artifactType")
    if not body:
        raise BadRequest("Empty content is not allowed.")
    if not _EXTENDED.fullmatch(media_type):
        return Submission(body, (), media_type, str(type_name) if type_name else None)
    content, references = _extended(_object(body))
    return Submission(content, references, "application/json", None)


def _extended(document: dict[str, Any]) -> tuple[bytes, tuple[Reference, ...]]:
    content = document.get("content")
    if not isinstance(content, str):
        raise BadRequest("'content' must be a text.")
    if not content:
        raise BadRequest("Empty content is not allowed.")
    references = document.get("references") or []
    if not isinstance(references, list):
        raise BadRequest("'references' must be a list.")
    is_url = _URL.fullmatch(content.strip())
    held = _fetched(content.strip()) if is_url else content.encode()
    return held, tuple(_reference(each) for each in references)


def _fetched(url: str) -> bytes:
    """Raises BadRequest, BodyTooLarge."""
    try:
        return fetched(url)
    except FetchedTooLarge as error:
        raise BodyTooLarge("ANNALS_LIMIT_CONTENT_BYTES") from error
    except NotFetched as error:
        raise BadRequest(f"'content' {error}") from error


def _reference(document: object) -> Reference:
    if not isinstance(document, dict):
        raise BadRequest("A reference must be an object.")
    for name in ("artifactId", "version", "name"):
        if not isinstance(document.get(name), str) or not document[name]:
            raise BadRequest(f"A reference needs a text as its '{name}'.")
    group_id = document.get("groupId")
    if not isinstance(group_id, str | None):
        raise BadRequest("A reference's 'groupId' must be a text.")
    return Reference(group_id, document["artifactId"], document["version"], document["name"])


def check_hash(request: Request, content: bytes) -> None:
    """Where X-Registry-Content-Hash is given; raises BadRequest."""
    wanted = header(request, "X-Registry-Content-Hash")
    if wanted is None:
        return
    name = header(request, "X-Registry-Hash-Algorithm") or "SHA256"
    algorithm = _HASHES.get(name.upper().replace("-", ""))
    if algorithm is None:
        raise BadRequest(f"X-Registry-Hash-Algorithm is SHA256 or MD5, not '{name}'.")
    if algorithm(content).hexdigest() != wanted.lower():
        raise BadRequest("Provided Artifact Hash doesn't match with the content")


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise BadRequest("The body must be a JSON object.")
    return document


def looked_up_hash(type_name: str, said: Submission) -> str:
    """Raises UncanonicalContent for what is nothing of its type, and so has no canonical form."""
    wrong = by_name(type_name).judging().syntax_violations(said.content)
    if wrong:
        raise UncanonicalContent(
            f"The content has no canonical form as {type_name}: {wrong[0].message}."
        )
    references = queries.referenced_contents(said.references)
    return canonical_hash(
        type_name, said.content, serialize_references(said.references), references=references
    )
