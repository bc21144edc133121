"""Faults of a content whose type is unknown."""

from registry.artifact_types.checks import Violation
from registry.artifact_types.syntax import xml_validity
from registry.artifact_types.syntax.documents import decode_text, read_json


def untyped_violations(content: bytes) -> list[Violation]:
    """Check a content as XML or JSON, by its first character, else as text."""
    start = content.lstrip()[:1]
    if start == b"<":
        return xml_validity.syntax_violations(content)
    is_like_json = start in {b"{", b"[", b'"'}
    result = read_json(content) if is_like_json else decode_text(content)
    return [result] if isinstance(result, Violation) else []
