"""XML as a tree, parsed only without a DTD, since a parser would expand its declarations."""

from xml.etree import ElementTree

from registry.artifact_types.syntax.xml_validity import syntax_violations

XSD = "{http://www.w3.org/2001/XMLSchema}"


def parse_tree(content: bytes) -> ElementTree.Element | None:
    """Return the root; None for invalid XML, or XML with a DTD."""
    if syntax_violations(content):
        return None
    return ElementTree.fromstring(content)


def local_name(name: str | None) -> str:
    """Return a name without prefix or namespace."""
    return (name or "").rpartition("}")[2].rpartition(":")[2]


def documentation(node: ElementTree.Element) -> str:
    """Return the text of the annotations directly below an element of an XML Schema."""
    nodes = node.iterfind(f"{XSD}annotation/{XSD}documentation")
    return "\n".join(" ".join("".join(node.itertext()).split()) for node in nodes)
