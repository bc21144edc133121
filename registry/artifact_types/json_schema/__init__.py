"""JSON Schema."""

from registry.artifact_types.base import ArtifactType, Extracted, References, always
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.syntax import json_text, structured

_MEDIA_TYPE = "application/json"

# Types that JSON Schema has and Avro has not.
_OWN_TYPES = frozenset({"object", "integer", "number"})
_OWN_KEYWORDS = frozenset({"$defs", "$ref", "allOf", "anyOf", "definitions", "oneOf"})


def _detects(candidate: Candidate) -> bool:
    document = candidate.json_object
    dialect = json_text.text_at(document, "$schema")
    if dialect and "json-schema.org" in dialect:
        return True
    return (
        isinstance(document.get("properties"), dict)
        or json_text.text_at(document, "type") in _OWN_TYPES
        or not _OWN_KEYWORDS.isdisjoint(document)
    )


def _extract(content: bytes) -> Extracted:
    document = json_text.parse_strictly(content)
    return Extracted(
        name=json_text.text_at(document, "title"),
        description=json_text.text_at(document, "description"),
    )


def _dereferenced(content: bytes, references: References) -> bytes:
    from registry.artifact_types.json_schema.dereferencing import dereferenced

    return dereferenced(content, references)


def _judging() -> Judging:
    from registry.artifact_types.json_schema.judging import JUDGING

    return JUDGING


JSON = ArtifactType(
    name="JSON",
    title="JSON Schema",
    media_type=_MEDIA_TYPE,
    detects=_detects,
    extract=_extract,
    canonicalize=structured.sorted_json,
    media_type_of=always(_MEDIA_TYPE),
    judging=_judging,
    is_compared=True,
    dereference=_dereferenced,
)
