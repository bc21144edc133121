"""Whether content is WSDL: 1.1 by its schema and what it defines, 2.0 by its root."""

import warnings
from pathlib import Path
from threading import Lock

import xmlschema
from xmlschema import XMLSchema10, XMLSchemaException
from xmlschema.extras.wsdl import Wsdl11Document

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import xml_text, xml_validity
from registry.artifact_types.syntax.documents import MAX_VIOLATIONS
from registry.artifact_types.syntax.reference_files import written_to_folder
from registry.artifact_types.syntax.xml_errors import element_positions, first_line, to_violation
from registry.artifact_types.syntax.xml_imports import missing_import_violations

_WSDL_1_1 = "http://schemas.xmlsoap.org/wsdl/"
ROOTS = frozenset({(_WSDL_1_1, "definitions"), ("http://www.w3.org/ns/wsdl", "description")})
_SCHEMA = Path(xmlschema.__file__).parent / "schemas" / "WSDL" / "wsdl.xsd"
# The library's global maps and the warnings that it gives are not made for threads.
_lock = Lock()


def syntax_violations(content: bytes) -> list[Violation]:
    return xml_validity.root_violations(content, ROOTS)


def violations(document: Document) -> list[Violation]:
    """Check WSDL 1.1 by its schema, and that its messages, port types and bindings fit."""
    violations = syntax_violations(document.content)
    root = xml_text.read_root(document.content)
    if violations or root is None or root.namespace != _WSDL_1_1:
        return violations
    with _lock, written_to_folder(document.content, document.references, "document") as file:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                definitions = Wsdl11Document(  # type: ignore[no-untyped-call]
                    str(file),
                    # One for each document, since it takes in the schemas that the document brings.
                    schema=XMLSchema10(str(_SCHEMA)),
                    validation="lax",
                    allow="sandbox",
                    base_url=str(file.parent),
                    defuse="always",
                )
        except (XMLSchemaException, OSError, ValueError, KeyError, RecursionError) as error:
            violations = [Violation(f"The definitions can't be read: {first_line(str(error))}")]
        else:
            positions = element_positions(definitions.root, document.content)
            violations = [to_violation(error, positions) for error in definitions.errors]
    # The library reports a missing key by the name of a Python object.
    unique = dict.fromkeys(
        violation for violation in violations if " object at 0x" not in violation.message
    )
    missing = missing_import_violations(document) if unique else []
    return [*list(unique)[:MAX_VIOLATIONS], *missing]
