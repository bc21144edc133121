"""AsyncAPI documents, in JSON or YAML."""

from registry.artifact_types import structured
from registry.artifact_types.base import ArtifactType
from registry.artifact_types.candidate import Candidate


def _detects(candidate: Candidate) -> bool:
    return structured.has_text_key(candidate, "asyncapi")


ASYNCAPI = ArtifactType(
    name="ASYNCAPI",
    media_type="application/json",
    detects=_detects,
    extract=structured.info,
    canonicalize=structured.sorted_json,
    media_type_of=structured.media_type_of,
)
