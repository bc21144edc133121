"""Checks WSDL: 1.1 by its schema and its definitions, 2.0 by its root."""

import warnings
from threading import Lock

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import xml_text, xml_validity
from registry.artifact_types.syntax.xml_errors import (
    UNREADABLE,
    element_positions,
    first_line,
    to_violation,
)
from registry.artifact_types.syntax.xml_files import written_as_files
from registry.artifact_types.syntax.xml_imports import with_missing_imports
from registry.artifact_types.wsdl.definitions import NAMESPACE, read_definitions

ROOTS = frozenset({(NAMESPACE, "definitions"), ("http://www.w3.org/ns/wsdl", "description")})
# The library's global maps and the warnings that it gives are not made for threads.
_lock = Lock()


def syntax_violations(content: bytes) -> list[Violation]:
    return xml_validity.root_violations(content, ROOTS)


def violations(document: Document) -> list[Violation]:
    """Check WSDL 1.1 by its schema, and that its messages, port types and bindings fit."""
    violations = syntax_violations(document.content)
    root = xml_text.read_root(document.content)
    if violations or root is None or root.namespace != NAMESPACE:
        return violations
    with _lock, written_as_files(document) as files:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                definitions = read_definitions(files.path)
        except UNREADABLE as error:
            violations = [Violation(f"The definitions can't be read: {first_line(str(error))}")]
        else:
            positions = element_positions(definitions.root, document.content)
            errors = [*definitions.errors, *definitions.schema_errors]
            violations = [to_violation(error, positions) for error in errors]
        violations = [*files.unreadable, *map(files.with_given_names, violations)]
    # The library reports a missing key by the name of a Python object.
    # What is wrong in a schema is reported with its path in the document and with that within.
    unique = {
        (violation.message, violation.line, violation.column): violation
        for violation in violations
        if " object at 0x" not in violation.message
    }
    return with_missing_imports(list(unique.values()), document)
