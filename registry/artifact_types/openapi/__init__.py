"""OpenAPI and Swagger documents, in JSON or YAML."""

from registry.artifact_types.base import ArtifactType, lazy_checks
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import json_or_yaml


def detects(candidate: Candidate) -> bool:
    return json_or_yaml.has_text_key(candidate, "openapi", "swagger")


OPENAPI = ArtifactType(
    name="OPENAPI",
    title="OpenAPI",
    media_type="application/json",
    detects=detects,
    detection_reason="it has the key openapi or swagger",
    extract=json_or_yaml.extract_info,
    canonicalize=json_or_yaml.canonicalize_json,
    get_media_type=json_or_yaml.get_media_type,
    load_checks=lazy_checks(__name__),
    dereference=json_or_yaml.dereference,
    has_refs=True,
)
