"""Contents in request bodies: raw, or with references in an extended form."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from rest_framework.request import Request

from api.http import BodyTooLarge, read_body
from api.json_bodies import load_json
from api.problems import BadRequest
from journal.remote.contents import FetchedTooLarge, NotFetched, fetch_content
from registry import queries
from registry.checking import canonical_hash, check_syntax
from registry.errors import UncanonicalContent
from registry.references import Reference, parse_references, serialize_references

_EXTENDED = re.compile(r"application/(vnd\.)?(create|get)\.extended\+json")
#: A content that is nothing but a URL is fetched, as a Java node does: no type looks like that.
_URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
#: Contents, with those that they refer to, for all the canonical forms of one search; and bytes.
_MAX_CANONICALIZED = 2_000
_MAX_CANONICALIZED_BYTES = 4 * 1024 * 1024
_HASHES = {"SHA256": hashlib.sha256, "MD5": hashlib.md5}


@dataclass(frozen=True, slots=True)
class SubmittedContent:
    """`type_name` is the parameter `artifactType` of the Content-Type."""

    content: bytes
    references: tuple[Reference, ...]
    media_type: str
    type_name: str | None


def parse_content(request: Request) -> SubmittedContent:
    """Parse the body, and fetch a content given as a URL; raises BadRequest, BodyTooLarge."""
    body = read_body(request)
    header = Message()
    header["Content-Type"] = request.META.get("CONTENT_TYPE") or "application/octet-stream"
    media_type = header.get_content_type()
    if not body:
        raise BadRequest("Empty content is not allowed.")
    if not _EXTENDED.fullmatch(media_type):
        type_name = header.get_param("artifactType")
        return SubmittedContent(body, (), media_type, str(type_name) if type_name else None)
    document = load_json(body)
    if not isinstance(document, dict):
        raise BadRequest("The body must be a JSON object.")
    text = document.get("content")
    if not isinstance(text, str):
        raise BadRequest("'content' must be a text.")
    if not text:
        raise BadRequest("Empty content is not allowed.")
    references = document.get("references") or []
    if not isinstance(references, list):
        raise BadRequest("'references' must be a list.")
    content = _fetch(text.strip()) if _URL.fullmatch(text.strip()) else text.encode()
    parsed = tuple(_parse_reference(reference) for reference in references)
    return SubmittedContent(content, parsed, "application/json", None)


def _fetch(url: str) -> bytes:
    try:
        return fetch_content(url)
    except FetchedTooLarge as error:
        raise BodyTooLarge("ANNALS_LIMIT_CONTENT_BYTES") from error
    except NotFetched as error:
        raise BadRequest(f"'content' {error}") from error


def _parse_reference(document: object) -> Reference:
    if not isinstance(document, dict):
        raise BadRequest("A reference must be an object.")
    for name in ("artifactId", "version", "name"):
        if not isinstance(document.get(name), str) or not document[name]:
            raise BadRequest(f"A reference needs a text as its '{name}'.")
    group_id = document.get("groupId")
    if not isinstance(group_id, str | None):
        raise BadRequest("A reference's 'groupId' must be a text.")
    return Reference(group_id, document["artifactId"], document["version"], document["name"])


def check_hash(content: bytes, expected: str | None, algorithm: str) -> None:
    """Raise BadRequest unless the hash of `content` is `expected`, in hexadecimal digits.

    Without an expected hash, only the algorithm is checked.
    """
    digest = _HASHES.get(algorithm.upper().replace("-", ""))
    if digest is None:
        raise BadRequest(f"X-Registry-Hash-Algorithm is SHA256 or MD5, not '{algorithm}'.")
    if expected is not None and digest(content).hexdigest() != expected.lower():
        raise BadRequest("Provided Artifact Hash doesn't match with the content")


def canonical_hashes(
    type_name: str, submitted: SubmittedContent, artifact: tuple[str | None, str] | None = None
) -> Iterator[str]:
    """Yield the hash of the content's canonical form; raises UncanonicalContent.

    It covers the references. A body without any may be that of a stored content that has some: the
    hashes with the references of stored contents follow, of one artifact or of all, as far as the
    work for them has its limit.
    """
    violations = check_syntax(type_name, submitted.content)
    if violations:
        raise UncanonicalContent(
            f"The content has no canonical form as {type_name}: {violations[0].message}."
        )
    own = serialize_references(submitted.references)
    others = queries.reference_lists(type_name, artifact) if own is None else ()
    count = size = 0
    for serialized in (own, *others):
        contents = queries.referenced_contents(parse_references(serialized))
        yield canonical_hash(type_name, submitted.content, serialized, references=contents)
        count += 1 + len(contents)
        size += len(submitted.content) + sum(map(len, contents.values()))
        if count > _MAX_CANONICALIZED or size > _MAX_CANONICALIZED_BYTES:
            return
