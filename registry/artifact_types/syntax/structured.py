"""What types written as JSON or YAML documents share: their syntax, `info` and canonical form."""

from registry.artifact_types.base import CanonicalGeneration, Extracted, References
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import json_text


def has_text_key(candidate: Candidate, *keys: str) -> bool:
    """Whether the document has one of the keys at its top, with a text as value."""
    return any(isinstance(candidate.outline.get(key), str) for key in keys)


def info(content: bytes) -> Extracted:
    """`title` and `description` of the document's `info` object."""
    outline = Candidate(content).outline
    return Extracted(
        name=json_text.text_at(outline, "info", "title"),
        description=json_text.text_at(outline, "info", "description"),
    )


def media_type_of(content: bytes) -> str:
    """`application/json`, or `application/x-yaml` for what is not JSON."""
    is_json = json_text.parse_strictly(content) is not json_text.NOT_JSON
    return "application/json" if is_json else "application/x-yaml"


def sorted_json(content: bytes, generation: CanonicalGeneration, references: References) -> bytes:
    """Compact JSON with sorted keys, in every generation; YAML stays as it is."""
    return json_text.canonical(content)
