"""XML Schema."""

from registry.artifact_types.base import (
    ArtifactType,
    extract_nothing,
    fixed_media_type,
    lazy_checks,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import xml_document

_NAMESPACE = "http://www.w3.org/2001/XMLSchema"


def detects(candidate: Candidate) -> bool:
    root = candidate.xml_root
    return root is not None and (root.namespace, root.name) == (_NAMESPACE, "schema")


XSD = ArtifactType(
    name="XSD",
    title="XSD Schema",
    media_type=xml_document.MEDIA_TYPE,
    detects=detects,
    detection_reason="its root element is a schema",
    extract=extract_nothing,
    canonicalize=xml_document.canonicalize,
    get_media_type=fixed_media_type(xml_document.MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
)
