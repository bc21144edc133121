"""XML documents other than XML Schema and WSDL."""

from registry.artifact_types.base import (
    ArtifactType,
    extract_nothing,
    fixed_media_type,
    lazy_checks,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import xml_document


def detects(candidate: Candidate) -> bool:
    return candidate.xml_root is not None


XML = ArtifactType(
    name="XML",
    title="XML",
    media_type=xml_document.MEDIA_TYPE,
    detects=detects,
    detection_reason="XML of no other type",
    extract=extract_nothing,
    canonicalize=xml_document.canonicalize,
    get_media_type=fixed_media_type(xml_document.MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
)
