"""Whether content is an XML Schema, by xmlschema, with its references as the files it imports."""

import warnings
from pathlib import Path
from threading import Lock

from xmlschema import XMLSchema11, XMLSchemaException

from registry.artifact_types.checks import Document, Violation
from registry.artifact_types.syntax import xml_imports, xml_validity
from registry.artifact_types.syntax.documents import MOST_TOLD
from registry.artifact_types.syntax.reference_files import as_files
from registry.artifact_types.syntax.xml_errors import first_line, places_by_element, violation_of

ROOTS = frozenset({("http://www.w3.org/2001/XMLSchema", "schema")})
# The library's global maps and the warnings that it gives are not made for threads.
_one_at_a_time = Lock()


def syntax_violations(content: bytes) -> list[Violation]:
    return xml_validity.of_root(content, ROOTS)


def violations(document: Document) -> list[Violation]:
    """By the schema of schemas, and by what the types and elements it names come to."""
    wrong = syntax_violations(document.content)
    if wrong:
        return wrong
    with _one_at_a_time, as_files(document.content, document.references, "document") as file:
        found = _violations(file, document.content)
    missing = xml_imports.violations(document) if found else []
    return [*found[:MOST_TOLD], *missing]


def _violations(file: Path, content: bytes) -> list[Violation]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            schema = XMLSchema11(
                str(file),
                validation="lax",
                allow="sandbox",
                base_url=str(file.parent),
                defuse="always",
                loglevel=50,
            )
            errors = schema.all_errors
    except (XMLSchemaException, OSError, ValueError, RecursionError) as error:
        return [Violation(f"The schema can't be built: {first_line(str(error))}")]
    places = places_by_element(schema.source.root, content)
    return list(dict.fromkeys(violation_of(error, places) for error in errors))
