"""Whether content is a JSON Schema: its JSON alone, or by its draft's metaschema."""

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.json_schema.dialects import (
    MOST_OBJECTS,
    Dialect,
    dialect_of,
    metaschema,
)
from registry.artifact_types.json_schema.resolution import Unresolved, resolver
from registry.artifact_types.syntax.documents import Structured, read_json
from registry.artifact_types.syntax.json_references import refs
from registry.artifact_types.syntax.metaschemas import merged
from registry.artifact_types.syntax.metaschemas import violations as violations_of


def syntax_violations(content: bytes) -> list[Violation]:
    """Of content that is no JSON, or neither an object nor a boolean."""
    read = read_json(content, MOST_OBJECTS)
    if isinstance(read, Violation):
        return [read]
    return _of_kind(read)


def violations(document: Document) -> list[Violation]:
    """By the metaschema of its draft; and every `$ref` leads somewhere."""
    read = read_json(document.content, MOST_OBJECTS)
    if isinstance(read, Violation):
        return [read]
    wrong = _of_kind(read)
    if wrong:
        return wrong
    dialect = dialect_of(read.value)
    if dialect is None:
        known = ", ".join(each.value for each in Dialect)
        told = f"The dialect {_named_dialect(read.value)} is not known here"
        return [read.violation(told, ("$schema",), f"Known are {known}.")]
    found = violations_of(metaschema(dialect), read)
    return merged(read.violations_of_keys(), found, _unresolved(read, document))


def _of_kind(read: Structured) -> list[Violation]:
    if isinstance(read.value, dict | bool):
        return []
    return [read.violation("A JSON Schema is an object or a boolean", ())]


def _named_dialect(value: object) -> object:
    return value.get("$schema") if isinstance(value, dict) else None


def _unresolved(read: Structured, document: Document) -> list[Violation]:
    known = resolver(read.value, document.references)
    found: list[Violation] = []
    for ref in refs(read.value):
        try:
            known.resolve(ref.text, ref.holder)
        except Unresolved:
            mend = "Add a reference of that name." if ref.resource else "Define it, or mend it."
            told = f"Nothing is known of {ref.text!r}, to which it refers"
            found.append(read.violation(told, (*ref.path, "$ref"), mend))
    return found
