"""Kafka Connect connector configurations."""

from registry.artifact_types.base import ArtifactType, always, nothing_extracted
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.syntax import structured

_MEDIA_TYPE = "application/json"


def _detects(candidate: Candidate) -> bool:
    document = candidate.json_object
    config = document.get("config")
    return "connector.class" in document or (
        isinstance(config, dict) and "connector.class" in config
    )


def _judging() -> Judging:
    from registry.artifact_types.kafka_connect.judging import JUDGING

    return JUDGING


KCONNECT = ArtifactType(
    name="KCONNECT",
    title="Kafka Connect Schema",
    media_type=_MEDIA_TYPE,
    detects=_detects,
    extract=nothing_extracted,
    canonicalize=structured.sorted_json,
    media_type_of=always(_MEDIA_TYPE),
    judging=_judging,
)
