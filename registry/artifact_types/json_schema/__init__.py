"""JSON Schema."""

from registry.artifact_types.base import (
    ArtifactType,
    Embed,
    ExtractedMetadata,
    ReferencedContents,
    fixed_media_type,
    lazy_checks,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import json_or_yaml, json_text

_MEDIA_TYPE = "application/json"

# Types that JSON Schema has and Avro has not.
_OWN_TYPES = frozenset({"object", "integer", "number"})
_OWN_KEYWORDS = frozenset({"$defs", "$ref", "allOf", "anyOf", "definitions", "oneOf"})


def detects(candidate: Candidate) -> bool:
    document = candidate.json_object
    dialect = json_text.text_at(document, "$schema")
    if dialect and "json-schema.org" in dialect:
        return True
    return (
        isinstance(document.get("properties"), dict)
        or json_text.text_at(document, "type") in _OWN_TYPES
        or not _OWN_KEYWORDS.isdisjoint(document)
    )


def extract(content: bytes) -> ExtractedMetadata:
    document = json_text.parse_strictly(content)
    return ExtractedMetadata(
        name=json_text.text_at(document, "title"),
        description=json_text.text_at(document, "description"),
    )


def dereference(content: bytes, references: ReferencedContents, embed: Embed) -> bytes:
    """Dereference by a module imported at the first call, since it needs jsonschema_rs."""
    from registry.artifact_types.json_schema import dereferencing

    return dereferencing.dereference(content, references, embed)


JSON = ArtifactType(
    name="JSON",
    title="JSON Schema",
    media_type=_MEDIA_TYPE,
    detects=detects,
    detection_reason="JSON with keywords of JSON Schema",
    extract=extract,
    canonicalize=json_or_yaml.canonicalize_json,
    get_media_type=fixed_media_type(_MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
    supports_comparison=True,
    dereference=dereference,
    has_refs=True,
)
