"""Artifact types, a package each: they detect, name, canonicalize and check contents."""

from types import MappingProxyType

from registry.artifact_types.asyncapi import ASYNCAPI
from registry.artifact_types.avro import AVRO
from registry.artifact_types.base import (
    ArtifactType,
    CanonicalGeneration,
    DereferenceError,
    ExtractedMetadata,
    ReferencedContent,
    ReferencedContents,
    References,
    UnknownArtifactType,
    in_order,
    sha256_hex,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Violation
from registry.artifact_types.graphql import GRAPHQL
from registry.artifact_types.json_schema import JSON
from registry.artifact_types.kafka_connect import KCONNECT
from registry.artifact_types.openapi import OPENAPI
from registry.artifact_types.protobuf import PROTOBUF
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import read_json_or_yaml
from registry.artifact_types.wsdl import WSDL
from registry.artifact_types.xml import XML
from registry.artifact_types.xsd import XSD

__all__ = [
    "ARTIFACT_TYPES",
    "ArtifactType",
    "CanonicalGeneration",
    "DereferenceError",
    "ExtractedMetadata",
    "ReferencedContent",
    "ReferencedContents",
    "References",
    "UnknownArtifactType",
    "canonical_hash",
    "dereference",
    "detect_type",
    "get_artifact_type",
    "get_media_type",
    "in_order",
    "supports_comparison",
]

# In order of detection: the first that fits wins.
ARTIFACT_TYPES = (
    PROTOBUF,
    OPENAPI,
    ASYNCAPI,
    JSON,
    AVRO,
    KCONNECT,
    GRAPHQL,
    XSD,
    WSDL,
    XML,
)

#: Bytes of a content and its references.
_MAX_DEREFERENCED_BYTES = 8 * 1024 * 1024

_BY_NAME = {artifact_type.name: artifact_type for artifact_type in ARTIFACT_TYPES}


def get_artifact_type(name: str) -> ArtifactType:
    """Return the type of this exact name ("AVRO"); raises UnknownArtifactType."""
    try:
        return _BY_NAME[name]
    except KeyError:
        known = ", ".join(sorted(_BY_NAME))
        raise UnknownArtifactType(f"Unknown artifact type '{name}'; known: {known}") from None


def detect_type(content: bytes, content_type: str | None = None) -> ArtifactType | None:
    """Detect the type by the content and its Content-Type header. Never raises."""
    candidate = Candidate(content, content_type)
    return next((known for known in ARTIFACT_TYPES if known.detects(candidate)), None)


def canonical_hash(
    type_name: str | None,
    content: bytes,
    serialized_references: str | None = None,
    *,
    generation: CanonicalGeneration = CanonicalGeneration.A2,
    references: References = MappingProxyType({}),
) -> str:
    """Hash the canonical form and the references' JSON text, if any: SHA-256, lower-case hex.

    `references` are the referenced contents by name, in order of resolution. A type unknown here,
    or none, has its content as its canonical form. Releases before 2.4.2 hash no references: pass
    None.
    """
    known = _BY_NAME.get(type_name or "")
    canonical = known.canonicalize(content, generation, references) if known else content
    return sha256_hex(canonical + (serialized_references or "").encode())


def get_media_type(type_name: str, content: bytes) -> str:
    """Return the Content-Type for an answer with this content; raises UnknownArtifactType."""
    return get_artifact_type(type_name).get_media_type(content)


def supports_comparison(type_name: str) -> bool:
    """Check if contents of a type are compared; those of an unknown type are not."""
    known = _BY_NAME.get(type_name)
    return known is not None and known.supports_comparison


def dereference(type_name: str | None, content: bytes, references: ReferencedContents) -> bytes:
    """Write the references, and theirs, into the content; raises DereferenceError."""
    known = _BY_NAME.get(type_name or "")
    if known is None or known.dereference is None:
        raise DereferenceError(f"this node knows no way for contents of type {type_name}")
    if len(content) + sum(map(len, in_order(references).values())) > _MAX_DEREFERENCED_BYTES:
        raise DereferenceError(f"all of it has more than {_MAX_DEREFERENCED_BYTES:,} bytes")
    return known.dereference(content, references, _embed)


def _embed(reference: ReferencedContent) -> tuple[object, bool]:
    """Return JSON, or text as it is, with its references written into it unless it has `$ref`s.

    Raises DereferenceError.
    """
    known = _BY_NAME.get(reference.type_name)
    if known is not None and known.has_refs:
        parsed = read_json_or_yaml(reference.content)
        if isinstance(parsed, Violation):
            raise DereferenceError(parsed.message)
        return parsed.value, True
    content = reference.content
    if reference.references:
        content = dereference(reference.type_name, content, reference.references)
    value = json_text.parse_strictly(content)
    # Other nodes may have types of their own.
    is_json = value is not json_text.NOT_JSON
    if is_json and (known is None or known.media_type == "application/json"):
        return value, False
    try:
        return content.decode(), False
    except UnicodeDecodeError as error:
        raise DereferenceError("the content is not UTF-8") from error
