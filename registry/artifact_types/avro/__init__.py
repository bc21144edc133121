"""Avro schemas."""

from registry.artifact_types.avro.canonical import canonicalize
from registry.artifact_types.avro.normal_form import dereferenced
from registry.artifact_types.avro.shape import looks_like_avro
from registry.artifact_types.base import ArtifactType, Extracted, always
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.syntax import json_text

_MEDIA_TYPE = "application/json"


def _detects(candidate: Candidate) -> bool:
    return looks_like_avro(candidate.json)


def _extract(content: bytes) -> Extracted:
    # The name as written, without namespace; `doc` is not taken as a description.
    return Extracted(name=json_text.text_at(json_text.parse_strictly(content), "name"))


def _judging() -> Judging:
    from registry.artifact_types.avro.judging import JUDGING

    return JUDGING


AVRO = ArtifactType(
    name="AVRO",
    title="Avro",
    media_type=_MEDIA_TYPE,
    detects=_detects,
    extract=_extract,
    canonicalize=canonicalize,
    media_type_of=always(_MEDIA_TYPE),
    judging=_judging,
    is_compared=True,
    dereference=dereferenced,
)
