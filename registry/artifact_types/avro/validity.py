"""Whether content is an Avro schema: its JSON alone, or every rule of the specification."""

from collections.abc import Collection, Iterator
from operator import attrgetter

from registry.artifact_types.avro.defaults import default_violations
from registry.artifact_types.avro.logical import logical_type_violations
from registry.artifact_types.avro.schema import (
    Array,
    Fixed,
    Map,
    Primitive,
    Record,
    Schema,
    SchemaViolation,
    Union,
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
    schema, parser = parse_schema(json.value, document.references)
    violations = [*parser.violations, *_violations_of_values(schema)]
    return [
        *json.duplicate_key_violations(),
        *(
            json.violation(violation.message, violation.path, violation.hint)
            for violation in violations[:MAX_VIOLATIONS]
        ),
    ]


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List the names of types that neither the schema nor one of its references defines.

    A reference resolves a type if it has its name, or if its content defines it.
    """
    json = read_json(document.content)
    if isinstance(json, Violation):
        return []
    _, parser = parse_schema(json.value, document.references)
    return [
        UnresolvedReference(spellings, pointer(path), json.line(path))
        for spellings, path in parser.unknown
        if not any(spelling in names for spelling in spellings)
    ]


def _violations_of_values(root: Schema) -> Iterator[SchemaViolation]:
    """Check logical types and defaults, for which all names have to be known; each type once."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        schema = stack.pop()
        if id(schema) in seen:
            continue
        seen.add(id(schema))
        if isinstance(schema, Primitive | Fixed):
            yield from logical_type_violations(schema)
        elif isinstance(schema, Record):
            for field in filter(attrgetter("has_default"), schema.fields):
                path = (*field.path, "default")
                yield from default_violations(field.schema, field.default, path)
            stack.extend(field.schema for field in schema.fields)
        elif isinstance(schema, Union):
            stack.extend(schema.branches)
        elif isinstance(schema, Array | Map):
            stack.append(schema.items if isinstance(schema, Array) else schema.values)
