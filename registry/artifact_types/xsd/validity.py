"""Checks XML Schemas with xmlschema, with the references as imported files."""

import warnings
from pathlib import Path
from threading import Lock

from xmlschema import SafeSchemaLoader, XMLSchema11

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import xml_validity
from registry.artifact_types.syntax.xml_errors import (
    UNREADABLE,
    element_positions,
    first_line,
    to_violation,
)
from registry.artifact_types.syntax.xml_files import written_as_files
from registry.artifact_types.syntax.xml_imports import with_missing_imports

ROOTS = frozenset({("http://www.w3.org/2001/XMLSchema", "schema")})
# The library's global maps and the warnings that it gives are not made for threads.
_lock = Lock()


def syntax_violations(content: bytes) -> list[Violation]:
    return xml_validity.root_violations(content, ROOTS)


def violations(document: Document) -> list[Violation]:
    """Check by the schema of schemas, and resolve the types and elements used."""
    violations = syntax_violations(document.content)
    if violations:
        return violations
    with _lock, written_as_files(document) as files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                schema = _build(files.path)
        except UNREADABLE as error:
            violations = [Violation(f"The schema can't be built: {first_line(str(error))}")]
        else:
            positions = element_positions(schema.source.root, document.content)
            violations = list(
                dict.fromkeys(to_violation(error, positions) for error in schema.all_errors)
            )
        violations = [*files.unreadable, *map(files.with_given_names, violations)]
    return with_missing_imports(violations, document)


def _build(file: Path) -> XMLSchema11:
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
    return schema
