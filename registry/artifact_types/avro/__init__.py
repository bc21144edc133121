"""Avro schemas."""

from registry.artifact_types.avro.canonical import canonicalize
from registry.artifact_types.avro.normal_form import dereference
from registry.artifact_types.avro.shape import is_avro_schema
from registry.artifact_types.base import (
    ArtifactType,
    ExtractedMetadata,
    fixed_media_type,
    lazy_checks,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import json_text

_MEDIA_TYPE = "application/json"


def detects(candidate: Candidate) -> bool:
    return is_avro_schema(candidate.json)


def extract(content: bytes) -> ExtractedMetadata:
    # The name as written, without namespace; `doc` is not taken as a description.
    return ExtractedMetadata(name=json_text.text_at(json_text.parse_strictly(content), "name"))


AVRO = ArtifactType(
    name="AVRO",
    title="Avro",
    media_type=_MEDIA_TYPE,
    detects=detects,
    detection_reason="JSON with an Avro type at its top",
    extract=extract,
    canonicalize=canonicalize,
    get_media_type=fixed_media_type(_MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
    supports_comparison=True,
    dereference=dereference,
)
