"""WSDL 1.1 and 2.0."""

from registry.artifact_types.base import ArtifactType, always
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.checks import Judging
from registry.artifact_types.syntax import xml_document

_ROOTS = frozenset({
    ("http://schemas.xmlsoap.org/wsdl/", "definitions"),
    ("http://www.w3.org/ns/wsdl", "description"),
})


def _detects(candidate: Candidate) -> bool:
    root = candidate.xml_root
    return root is not None and (root.namespace, root.name) in _ROOTS


def _judging() -> Judging:
    from registry.artifact_types.wsdl.judging import JUDGING

    return JUDGING


WSDL = ArtifactType(
    name="WSDL",
    title="WSDL Schema",
    media_type=xml_document.MEDIA_TYPE,
    detects=_detects,
    extract=xml_document.root_name,
    canonicalize=xml_document.canonicalize,
    media_type_of=always(xml_document.MEDIA_TYPE),
    judging=_judging,
)
