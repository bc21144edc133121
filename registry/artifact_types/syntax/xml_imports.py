"""What XML Schemas and WSDL documents import: `schemaLocation` and `location` of their elements."""

from collections.abc import Collection
from xml.parsers import expat

from registry.artifact_types.checks import Document, UnresolvedReference, Violation
from registry.artifact_types.syntax.xml_validity import syntax_violations

_XSD = "http://www.w3.org/2001/XMLSchema"
#: The attribute with the location, by namespace and name of the element.
_LOCATION_ATTRIBUTES = {
    (_XSD, "import"): "schemaLocation",
    (_XSD, "include"): "schemaLocation",
    (_XSD, "redefine"): "schemaLocation",
    (_XSD, "override"): "schemaLocation",
    ("http://schemas.xmlsoap.org/wsdl/", "import"): "location",
    ("http://www.w3.org/ns/wsdl", "import"): "location",
    ("http://www.w3.org/ns/wsdl", "include"): "location",
}


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List the locations that are imported; an import without one names nothing to be found."""
    if syntax_violations(document.content):
        return []
    unresolved: dict[str, UnresolvedReference] = {}
    parser = expat.ParserCreate(namespace_separator="\n")

    def start(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local_name = name.rpartition("\n")
        location = attributes.get(_LOCATION_ATTRIBUTES.get((namespace, local_name), ""))
        if location and location not in names and location not in unresolved:
            line = parser.CurrentLineNumber
            unresolved[location] = UnresolvedReference((location,), "", line)

    parser.StartElementHandler = start
    parser.Parse(document.content, True)
    return list(unresolved.values())


def missing_import_violations(document: Document) -> list[Violation]:
    """List imports that lead to nothing, for content in which they may be the cause of errors."""
    return [
        Violation(
            f"Nothing is known of {reference.names[0]!r}, which it imports",
            line=reference.line,
            column=1,
            hint="Add a reference of that name.",
        )
        for reference in unresolved_references(document, document.references)
    ]
