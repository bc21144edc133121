"""What types written as XML documents share."""

from registry.artifact_types.base import CanonicalGeneration, Extracted, References
from registry.artifact_types.syntax import xml_text

MEDIA_TYPE = "application/xml"


def canonicalize(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """Canonical XML 1.0 without comments, in every generation."""
    return xml_text.canonical(content)


def root_name(content: bytes) -> Extracted:
    """The `name` attribute of the root element, where it has one."""
    root = xml_text.root_of(content)
    return Extracted(name=(root.attributes.get("name") or None) if root else None)
