"""Artifact types: how content is told apart, named and put in canonical form, one folder each."""

from types import MappingProxyType

from registry.artifact_types.asyncapi import ASYNCAPI
from registry.artifact_types.avro import AVRO
from registry.artifact_types.base import (
    ArtifactType,
    CannotDereference,
    CanonicalGeneration,
    Extracted,
    References,
    UnknownArtifactType,
    sha256_hex,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.graphql import GRAPHQL
from registry.artifact_types.json_schema import JSON
from registry.artifact_types.kafka_connect import KCONNECT
from registry.artifact_types.openapi import OPENAPI
from registry.artifact_types.protobuf import PROTOBUF
from registry.artifact_types.wsdl import WSDL
from registry.artifact_types.xml import XML
from registry.artifact_types.xsd import XSD

__all__ = [
    "ARTIFACT_TYPES",
    "ArtifactType",
    "CannotDereference",
    "CanonicalGeneration",
    "Extracted",
    "References",
    "UnknownArtifactType",
    "by_name",
    "canonical_hash",
    "dereferenced",
    "detect",
    "is_compared",
    "media_type_of",
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
_MOST_DEREFERENCED = 8 * 1024 * 1024

_BY_NAME = {artifact_type.name: artifact_type for artifact_type in ARTIFACT_TYPES}


def by_name(name: str) -> ArtifactType:
    """The type of that exact name ("AVRO"); raises UnknownArtifactType."""
    try:
        return _BY_NAME[name]
    except KeyError:
        known = ", ".join(sorted(_BY_NAME))
        raise UnknownArtifactType(f"Unknown artifact type '{name}'; known: {known}") from None


def detect(content: bytes, content_type: str | None = None) -> ArtifactType | None:
    """The type that content (and its Content-Type header) suggests, or None. Never raises."""
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
    """SHA-256 (lower-case hex) of the canonical form, then of the references' JSON text if any.

    `references` are the referenced contents by name, in order of resolution. A type unknown here,
    or none, has its content as its canonical form. Releases before 2.4.2 hash no references: give
    None.
    """
    known = _BY_NAME.get(type_name or "")
    canonical = known.canonicalize(content, generation, references) if known else content
    return sha256_hex(canonical + (serialized_references or "").encode())


def media_type_of(type_name: str, content: bytes) -> str:
    """The Content-Type of an answer that carries this content; raises UnknownArtifactType."""
    return by_name(type_name).media_type_of(content)


def is_compared(type_name: str) -> bool:
    """Whether two contents of that type are compared; those of a type unknown here are not."""
    known = _BY_NAME.get(type_name)
    return known is not None and known.is_compared


def dereferenced(type_name: str | None, content: bytes, references: References) -> bytes:
    """The content with its references, by name in order of resolution, written into it.

    Raises CannotDereference.
    """
    known = _BY_NAME.get(type_name or "")
    if known is None or known.dereference is None:
        raise CannotDereference(f"this node knows no way for contents of type {type_name}")
    if len(content) + sum(map(len, references.values())) > _MOST_DEREFERENCED:
        raise CannotDereference(f"all of it has more than {_MOST_DEREFERENCED:,} bytes")
    return known.dereference(content, references)
