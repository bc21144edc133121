"""Checks WSDL: 1.1 by its schema and its definitions, 2.0 by its root."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import xml_text, xml_validity
from registry.artifact_types.syntax.xml_errors import library_violations
from registry.artifact_types.syntax.xml_imports import with_missing_imports
from registry.artifact_types.wsdl.definitions import NAMESPACE, read_definitions

_OWN_OBJECT = re.compile(r" for Wsdl\w+\(.*\)$")
ROOTS = frozenset({(NAMESPACE, "definitions"), ("http://www.w3.org/ns/wsdl", "description")})


def syntax_violations(content: bytes) -> list[Violation]:
    return xml_validity.root_violations(content, ROOTS)


def violations(document: Document) -> list[Violation]:
    """Check WSDL 1.1 by its schema, and the fit of its messages, port types and bindings."""
    violations = syntax_violations(document.content)
    root = xml_text.read_root(document.content)
    if violations or root is None or root.namespace != NAMESPACE:
        return violations
    violations = library_violations(document, _read, "The definitions can't be read")
    # The library names its own objects: after what is unknown, and for a missing key alone.
    # What is wrong in a schema is reported with its path in the document and with that within.
    violations = [
        replace(violation, message=_OWN_OBJECT.sub("", violation.message))
        for violation in violations
    ]
    unique = {
        (violation.message, violation.line, violation.column): violation
        for violation in violations
        if " object at 0x" not in violation.message
    }
    return with_missing_imports(list(unique.values()), document)


def _read(file: Path) -> tuple[Any, Iterable[Exception]]:
    definitions = read_definitions(file)
    return definitions.root, (*definitions.errors, *definitions.schema_errors)
