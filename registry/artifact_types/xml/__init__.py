"""XML documents that are neither XML Schema nor WSDL."""

from registry.artifact_types.base import ArtifactType, always, nothing_extracted
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.syntax import xml_document


def _detects(candidate: Candidate) -> bool:
    return candidate.xml_root is not None


def _judging() -> Judging:
    from registry.artifact_types.xml.judging import JUDGING

    return JUDGING


XML = ArtifactType(
    name="XML",
    title="XML",
    media_type=xml_document.MEDIA_TYPE,
    detects=_detects,
    extract=nothing_extracted,
    canonicalize=xml_document.canonicalize,
    media_type_of=always(xml_document.MEDIA_TYPE),
    judging=_judging,
)
