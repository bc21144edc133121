"""A JSON Schema with its references written into its definitions."""

from collections.abc import Mapping

from registry.artifact_types.base import CannotDereference
from registry.artifact_types.json_schema.dialects import DEFAULT, dialect_of
from registry.artifact_types.syntax.documents import Structured, read_json
from registry.artifact_types.syntax.json_references import Bundle


def dereferenced(content: bytes, references: Mapping[str, bytes]) -> bytes:
    """Raises CannotDereference."""
    read = read_json(content)
    if not isinstance(read, Structured):
        raise CannotDereference("it is not JSON")
    dialect = dialect_of(read.value) or DEFAULT
    return Bundle((dialect.definitions_keyword,), _within_another).of(read.value, references)


def _within_another(value: object) -> object:
    """Without an address of its own, to which its references would be relative."""
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if key not in ("$id", "id", "$schema")}
