"""What XML Schemas and WSDL documents import: `schemaLocation` and `location` of their elements."""

from collections.abc import Collection, Iterator
from xml.parsers import expat

from registry.artifact_types.checks import Document, Unmapped, Violation
from registry.artifact_types.syntax.xml_validity import syntax_violations

_XSD = "http://www.w3.org/2001/XMLSchema"
#: By namespace and name of the element, the attribute that says where it leads.
_IMPORTS = {
    (_XSD, "import"): "schemaLocation",
    (_XSD, "include"): "schemaLocation",
    (_XSD, "redefine"): "schemaLocation",
    (_XSD, "override"): "schemaLocation",
    ("http://schemas.xmlsoap.org/wsdl/", "import"): "location",
    ("http://www.w3.org/ns/wsdl", "import"): "location",
    ("http://www.w3.org/ns/wsdl", "include"): "location",
}


def unmapped(document: Document, names: Collection[str]) -> list[Unmapped]:
    """Of content that is XML; an import without a location names nothing that could be found."""
    if syntax_violations(document.content):
        return []
    found: dict[str, Unmapped] = {}
    for location, line in _imports(document.content):
        if location not in names and location not in found:
            found[location] = Unmapped((location,), "", line)
    return list(found.values())


def violations(document: Document) -> list[Violation]:
    """Of imports that lead to nothing, told where something else is wrong for the lack of them."""
    return [
        Violation(
            f"Nothing is known of {each.names[0]!r}, which it imports",
            line=each.line,
            column=1,
            mend="Add a reference of that name.",
        )
        for each in unmapped(document, document.references)
    ]


def _imports(content: bytes) -> Iterator[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    parser = expat.ParserCreate(namespace_separator="\n")

    def start(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition("\n")
        attribute = _IMPORTS.get((namespace, local))
        if attribute is not None and attributes.get(attribute):
            found.append((attributes[attribute], parser.CurrentLineNumber))

    parser.StartElementHandler = start
    parser.Parse(content, True)
    yield from found
