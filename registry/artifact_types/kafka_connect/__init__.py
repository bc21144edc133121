"""Kafka Connect connector configurations."""

from registry.artifact_types.base import (
    ArtifactType,
    extract_nothing,
    fixed_media_type,
    lazy_checks,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import json_or_yaml

_MEDIA_TYPE = "application/json"


def detects(candidate: Candidate) -> bool:
    document = candidate.json_object
    config = document.get("config")
    return "connector.class" in document or (
        isinstance(config, dict) and "connector.class" in config
    )


KCONNECT = ArtifactType(
    name="KCONNECT",
    title="Kafka Connect Schema",
    media_type=_MEDIA_TYPE,
    detects=detects,
    detection_reason="JSON as Kafka Connect writes it",
    extract=extract_nothing,
    canonicalize=json_or_yaml.canonicalize_json,
    get_media_type=fixed_media_type(_MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
)
