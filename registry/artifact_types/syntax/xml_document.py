"""Functions shared by types of XML."""

from registry.artifact_types.base import CanonicalGeneration, ExtractedMetadata, References
from registry.artifact_types.syntax import xml_text

MEDIA_TYPE = "application/xml"


def canonicalize(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """Print Canonical XML 1.0 without comments, in every generation."""
    return xml_text.canonicalize(content)


def extract_root_name(content: bytes) -> ExtractedMetadata:
    """Extract the `name` attribute of the root element, if any."""
    root = xml_text.read_root(content)
    return ExtractedMetadata(name=(root.attributes.get("name") or None) if root else None)
