"""WSDL 1.1 and 2.0."""

from registry.artifact_types.base import ArtifactType, fixed_media_type, lazy_checks
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import xml_document

_ROOTS = frozenset({
    ("http://schemas.xmlsoap.org/wsdl/", "definitions"),
    ("http://www.w3.org/ns/wsdl", "description"),
})


def detects(candidate: Candidate) -> bool:
    root = candidate.xml_root
    return root is not None and (root.namespace, root.name) in _ROOTS


WSDL = ArtifactType(
    name="WSDL",
    title="WSDL Schema",
    media_type=xml_document.MEDIA_TYPE,
    detects=detects,
    detection_reason="its root element is of WSDL",
    extract=xml_document.extract_root_name,
    canonicalize=xml_document.canonicalize,
    get_media_type=fixed_media_type(xml_document.MEDIA_TYPE),
    load_checks=lazy_checks(__name__),
)
