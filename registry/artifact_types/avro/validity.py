"""Checks Avro schemas: their JSON alone, or every rule of the specification."""

from collections.abc import Collection, Iterator
from itertools import chain
from operator import attrgetter

from registry.artifact_types.avro.defaults import DefaultCheck, DefaultsTooIntricate
from registry.artifact_types.avro.logical import logical_type_violations
from registry.artifact_types.avro.parser import parse_schema
from registry.artifact_types.avro.schema import (
    Fixed,
    Primitive,
    Record,
    Schema,
    SchemaViolation,
    iter_types,
)
from registry.artifact_types.checks import Document, UnresolvedReference, Violation
from registry.artifact_types.syntax.documents import MAX_VIOLATIONS, read_json
from registry.artifact_types.syntax.json_positions import pointer


def syntax_violations(content: bytes) -> list[Violation]:
    """Check that content is JSON."""
    document = read_json(content)
    return [document] if isinstance(document, Violation) else []


def violations(document: Document) -> list[Violation]:
    """List every violation of the specification."""
    json = read_json(document.content)
    if isinstance(json, Violation):
        return [json]
    parsed = parse_schema(json.value, document.references)
    # Logical types and defaults are checked once all names are known.
    schema_violations = [
        *parsed.violations,
        *_logical_type_violations(parsed.schema),
        *_default_violations(parsed.schema),
    ]
    return json.duplicate_key_violations() + [
        json.violation(violation.message, violation.path, violation.hint)
        for violation in schema_violations[:MAX_VIOLATIONS]
    ]


def _logical_type_violations(schema: Schema) -> Iterator[SchemaViolation]:
    for inner in iter_types(schema):
        if isinstance(inner, Primitive | Fixed):
            yield from logical_type_violations(inner)


def _default_violations(schema: Schema) -> Iterator[SchemaViolation]:
    check = DefaultCheck()
    records = (inner for inner in iter_types(schema) if isinstance(inner, Record))
    for field in filter(attrgetter("has_default"), chain.from_iterable(r.fields for r in records)):
        path = (*field.path, "default")
        try:
            yield from check.violations(field.schema, field.default, path)
        except (DefaultsTooIntricate, RecursionError):
            yield SchemaViolation("The defaults are too intricate to be checked", path)
            return


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List the names of types undefined in the schema and in its references.

    A reference resolves a type by its name, or by a definition in its content.
    """
    json = read_json(document.content)
    if isinstance(json, Violation):
        return []
    return [
        UnresolvedReference(spellings, pointer(path), json.line(path))
        for spellings, path in parse_schema(json.value, document.references).unknown
        if not any(spelling in names for spelling in spellings)
    ]
