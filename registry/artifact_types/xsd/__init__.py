"""XML Schema."""

from registry.artifact_types.base import ArtifactType, always, nothing_extracted
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.syntax import xml_document

_NAMESPACE = "http://www.w3.org/2001/XMLSchema"


def _detects(candidate: Candidate) -> bool:
    root = candidate.xml_root
    return root is not None and (root.namespace, root.name) == (_NAMESPACE, "schema")


def _judging() -> Judging:
    from registry.artifact_types.xsd.judging import JUDGING

    return JUDGING


XSD = ArtifactType(
    name="XSD",
    title="XSD Schema",
    media_type=xml_document.MEDIA_TYPE,
    detects=_detects,
    extract=nothing_extracted,
    canonicalize=xml_document.canonicalize,
    media_type_of=always(xml_document.MEDIA_TYPE),
    judging=_judging,
)
