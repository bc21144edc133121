"""AsyncAPI documents, in JSON or YAML."""

from registry.artifact_types.base import ArtifactType, References
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.syntax import structured


def _detects(candidate: Candidate) -> bool:
    return structured.has_text_key(candidate, "asyncapi")


def _dereferenced(content: bytes, references: References) -> bytes:
    from registry.artifact_types.syntax.json_references import dereferenced

    return dereferenced(content, references)


def _judging() -> Judging:
    from registry.artifact_types.asyncapi.judging import JUDGING

    return JUDGING


ASYNCAPI = ArtifactType(
    name="ASYNCAPI",
    title="AsyncAPI",
    media_type="application/json",
    detects=_detects,
    extract=structured.info,
    canonicalize=structured.sorted_json,
    media_type_of=structured.media_type_of,
    judging=_judging,
    dereference=_dereferenced,
)
