"""Checks XML Schemas with xmlschema, with the references as imported files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xmlschema import SafeSchemaLoader, XMLSchema11

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import xml_validity
from registry.artifact_types.syntax.xml_errors import library_violations
from registry.artifact_types.syntax.xml_imports import with_missing_imports

ROOTS = frozenset({("http://www.w3.org/2001/XMLSchema", "schema")})


def syntax_violations(content: bytes) -> list[Violation]:
    return xml_validity.root_violations(content, ROOTS)


def violations(document: Document) -> list[Violation]:
    """Check by the schema of schemas, and resolve the types and elements used."""
    violations = syntax_violations(document.content)
    if violations:
        return violations
    errors = library_violations(document, _build, "The schema can't be built")
    return with_missing_imports(list(dict.fromkeys(errors)), document)


def _build(file: Path) -> tuple[Any, Iterable[Exception]]:
    """Read a schema, and build it if it is valid; the library can't build others."""
    schema = XMLSchema11(
        str(file),
        validation="lax",
        # Imports add to a namespace, whichever of them comes first.
        loader_class=SafeSchemaLoader,
        allow="sandbox",
        base_url=str(file.parent),
        defuse="always",
        loglevel=50,
        build=False,
    )
    if not schema.errors:
        schema.build()
    return schema.source.root, schema.all_errors
