"""A JSON Schema with its references written into its definitions."""

from collections.abc import Mapping

from registry.artifact_types.base import DereferenceError
from registry.artifact_types.json_schema.dialects import DEFAULT, detect_dialect
from registry.artifact_types.syntax.documents import ParsedDocument, read_json
from registry.artifact_types.syntax.json_references import Bundler


def dereference(content: bytes, references: Mapping[str, bytes]) -> bytes:
    """Write the references into the schema; raises DereferenceError."""
    document = read_json(content)
    if not isinstance(document, ParsedDocument):
        raise DereferenceError("it is not JSON")
    dialect = detect_dialect(document.value) or DEFAULT
    bundler = Bundler((dialect.definitions_keyword,), _without_address)
    return bundler.bundle(document.value, references)


def _without_address(schema: object) -> object:
    """Remove the address, to which the schema's own references would be relative."""
    if not isinstance(schema, dict):
        return schema
    return {key: value for key, value in schema.items() if key not in ("$id", "id", "$schema")}
