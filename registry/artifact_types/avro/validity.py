"""Whether content is an Avro schema: its JSON alone, or every rule of the specification."""

from collections.abc import Collection
from operator import attrgetter

from registry.artifact_types.avro.defaults import default_violations
from registry.artifact_types.avro.logical import logical_type_violations
from registry.artifact_types.avro.schema import (
    Fixed,
    Primitive,
    Record,
    iter_types,
    parse_schema,
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
    schema_violations = list(parsed.violations)
    # Logical types and defaults are checked once all names are known.
    for schema in iter_types(parsed.schema):
        if isinstance(schema, Primitive | Fixed):
            schema_violations += logical_type_violations(schema)
        elif isinstance(schema, Record):
            for field in filter(attrgetter("has_default"), schema.fields):
                schema_violations += default_violations(
                    field.schema, field.default, (*field.path, "default")
                )
    return json.duplicate_key_violations() + [
        json.violation(violation.message, violation.path, violation.hint)
        for violation in schema_violations[:MAX_VIOLATIONS]
    ]


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List the names of types that neither the schema nor one of its references defines.

    A reference resolves a type if it has its name, or if its content defines it.
    """
    json = read_json(document.content)
    if isinstance(json, Violation):
        return []
    return [
        UnresolvedReference(spellings, pointer(path), json.line(path))
        for spellings, path in parse_schema(json.value, document.references).unknown
        if not any(spelling in names for spelling in spellings)
    ]
