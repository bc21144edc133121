"""Checks JSON Schemas: their JSON alone, or by the metaschema of their dialect."""

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.json_schema.dialects import (
    MAX_OBJECTS,
    Dialect,
    detect_dialect,
)
from registry.artifact_types.json_schema.embedded import metaschema_violations
from registry.artifact_types.json_schema.resolution import Resolver, UnresolvedRef, build_resolver
from registry.artifact_types.syntax.documents import ParsedDocument, read_json
from registry.artifact_types.syntax.json_objects import iter_links
from registry.artifact_types.syntax.json_references import is_metaschema
from registry.artifact_types.syntax.metaschemas import merge_violations


def syntax_violations(content: bytes) -> list[Violation]:
    """Check that content is JSON, and an object or a boolean."""
    document = _read_schema(content)
    return [document] if isinstance(document, Violation) else []


def violations(document: Document) -> list[Violation]:
    """Check by the metaschema of the schema's dialect, and resolve every `$ref`."""
    schema = _read_schema(document.content)
    if isinstance(schema, Violation):
        return [schema]
    dialect = detect_dialect(schema.value)
    if dialect is None:
        known = ", ".join(dialect.value for dialect in Dialect)
        name = schema.value.get("$schema") if isinstance(schema.value, dict) else None
        message = f"The dialect {name} is not known here"
        return [schema.violation(message, ("$schema",), f"Known are {known}.")]
    resolver = build_resolver(schema.value, document.references)
    return merge_violations(
        schema.duplicate_key_violations(),
        metaschema_violations(schema, resolver.root, dialect),
        _unresolved_refs(schema, resolver),
    )


def _unresolved_refs(schema: ParsedDocument, resolver: Resolver) -> list[Violation]:
    unresolved: list[Violation] = []
    for ref in iter_links(resolver.root.objects, is_api=False):
        # Where a dynamic one leads within the document is known only on the way.
        is_dynamic = ref.key != "$ref"
        is_open = is_dynamic and (not ref.resource or resolver.dialect.ref_stands_alone)
        if is_open or is_metaschema(ref.resource):
            continue
        try:
            resolver.resolve(ref.text, ref.holder)
        except UnresolvedRef:
            hint = "Add a reference of that name." if ref.resource else "Define it, or mend it."
            message = f"Nothing is known of {ref.text!r}, to which it refers"
            unresolved.append(schema.violation(message, (*ref.path, ref.key), hint))
    return unresolved


def _read_schema(content: bytes) -> ParsedDocument | Violation:
    document = read_json(content, MAX_OBJECTS)
    if isinstance(document, Violation) or isinstance(document.value, dict | bool):
        return document
    return document.violation("A JSON Schema is an object or a boolean", ())
