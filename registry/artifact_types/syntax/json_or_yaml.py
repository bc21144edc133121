"""Functions shared by types of JSON or YAML: syntax, `info` and canonical form."""

from registry.artifact_types.base import (
    CanonicalGeneration,
    DereferenceError,
    Embed,
    ExtractedMetadata,
    ReferencedContents,
    References,
)
from registry.artifact_types.candidate import Candidate
from registry.artifact_types.syntax import json_text
from registry.artifact_types.syntax.documents import ParsedDocument, read_json_or_yaml
from registry.artifact_types.syntax.json_flattening import flatten
from registry.artifact_types.syntax.json_linking import link
from registry.artifact_types.syntax.json_references import JsonDocument


def has_text_key(candidate: Candidate, *keys: str) -> bool:
    """Check for one of the keys at the top of the document, with a text as value."""
    return any(isinstance(candidate.top_level.get(key), str) for key in keys)


def extract_info(content: bytes) -> ExtractedMetadata:
    """Extract `title` and `description` of the document's `info` object."""
    top_level = Candidate(content).top_level
    return ExtractedMetadata(
        name=json_text.text_at(top_level, "info", "title"),
        description=json_text.text_at(top_level, "info", "description"),
    )


def get_media_type(content: bytes) -> str:
    """Return `application/json`, or `application/x-yaml` for other content."""
    is_json = json_text.parse_strictly(content) is not json_text.NOT_JSON
    return "application/json" if is_json else "application/x-yaml"


def canonicalize_json(
    content: bytes, generation: CanonicalGeneration, references: References
) -> bytes:
    """Print compact JSON with sorted keys, in every generation; YAML stays unchanged."""
    return json_text.canonicalize(content)


def dereference(content: bytes, references: ReferencedContents, embed: Embed) -> bytes:
    """Write references into an extension of an API document; raises DereferenceError."""
    parsed = read_json_or_yaml(content)
    if not isinstance(parsed, ParsedDocument):
        raise DereferenceError(parsed.message)
    try:
        linked = link(JsonDocument.read(parsed.value), references, embed, is_api=True)
        flatten(linked, ("x-references",))
        return json_text.dump_whole(parsed.value)
    except RecursionError as error:
        raise DereferenceError("it is nested too deeply") from error
