"""Whether content is WSDL: 1.1 by its schema and what it defines, 2.0 by its root."""

import warnings
from pathlib import Path
from threading import Lock

import xmlschema
from xmlschema import XMLSchema10, XMLSchemaException
from xmlschema.extras.wsdl import Wsdl11Document

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import xml_imports, xml_text, xml_validity
from registry.artifact_types.syntax.documents import MOST_TOLD
from registry.artifact_types.syntax.reference_files import as_files
from registry.artifact_types.syntax.xml_errors import first_line, places_by_element, violation_of

_WSDL_1_1 = "http://schemas.xmlsoap.org/wsdl/"
ROOTS = frozenset({(_WSDL_1_1, "definitions"), ("http://www.w3.org/ns/wsdl", "description")})
_SCHEMA = Path(xmlschema.__file__).parent / "schemas" / "WSDL" / "wsdl.xsd"
# The library's global maps and the warnings that it gives are not made for threads.
_one_at_a_time = Lock()


def syntax_violations(content: bytes) -> list[Violation]:
    return xml_validity.of_root(content, ROOTS)


def violations(document: Document) -> list[Violation]:
    """Messages, port types, bindings and services fit each other and the schema of WSDL 1.1."""
    wrong = syntax_violations(document.content)
    root = xml_text.root_of(document.content)
    if wrong or root is None or root.namespace != _WSDL_1_1:
        return wrong
    with _one_at_a_time, as_files(document.content, document.references, "document") as file:
        found = _of_definitions(file, document.content)
    missing = xml_imports.violations(document) if found else []
    return [*list(dict.fromkeys(found))[:MOST_TOLD], *missing]


def _of_definitions(file: Path, content: bytes) -> list[Violation]:
    """By the schema of WSDL 1.1, and what names what is not there, schemas within included."""
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
        return [Violation(f"The definitions can't be read: {first_line(str(error))}")]
    places = places_by_element(definitions.root, content)
    found = (violation_of(error, places) for error in definitions.errors)
    # The library tells of a missing key by the name of a Python object.
    return [each for each in found if " object at 0x" not in each.message]
