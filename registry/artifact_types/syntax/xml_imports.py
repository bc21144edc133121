"""Finds imports of XML Schemas and WSDL documents: `schemaLocation` and `location`."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.parsers import expat

from registry.artifact_types.checks import Document, UnresolvedReference, Violation
from registry.artifact_types.syntax.documents import MAX_VIOLATIONS
from registry.artifact_types.syntax.locations import plain_location
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
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: Hints for validators of this very document, which name what it does not import.
_HINTS = frozenset({f"{_XSI}\nschemaLocation", f"{_XSI}\nnoNamespaceSchemaLocation"})

_TAG_NAME = re.compile(rb"<[^\s/>]+")
_ATTRIBUTE = re.compile(rb"\s+([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
#: A document type without declarations of its own; those of its file are never read.
_DOCTYPE = re.compile(rb"<!DOCTYPE\s[^\[>]*>")
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")


@dataclass(frozen=True, slots=True)
class _Location:
    """A location with its line and its range of bytes; None for a hint."""

    text: str | None
    line: int
    start: int
    end: int


class ReferenceNames:
    """The names of references by location."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._by_path = {plain_location(name): name for name in self._names}

    def find(self, location: str, source: str = "") -> str | None:
        """Return the name for a location in the content `source`.

        It is the location's text, or else the same path, relative to the source.
        """
        if location in self._names:
            return location
        try:
            relative = urljoin(source, location)
        except ValueError:
            relative = location
        return self._by_path.get(plain_location(relative)) or self._by_path.get(
            plain_location(location)
        )


def unresolved_references(document: Document, names: Collection[str]) -> list[UnresolvedReference]:
    """List the imported locations without a reference; an import may have no location."""
    if syntax_violations(document.content):
        return []
    known = ReferenceNames(names)
    unresolved: dict[str, UnresolvedReference] = {}
    for location in _iter_locations(_in_utf8(document.content)):
        text = location.text
        if text and text not in unresolved and known.find(text) is None:
            unresolved[text] = UnresolvedReference((text,), "", location.line)
    return list(unresolved.values())


def missing_import(location: str, line: int = 0) -> Violation:
    message = f"Nothing is known of {location!r}, which is imported"
    return Violation(message, line=line, column=min(line, 1), hint="Add a reference of that name.")


def with_missing_imports(violations: list[Violation], document: Document) -> list[Violation]:
    """Add unresolved imports to violations, since they may be their cause."""
    if not violations:
        return []
    missing = [
        missing_import(reference.names[0], reference.line)
        for reference in unresolved_references(document, document.references)
    ]
    reported = {violation.message for violation in missing}
    others = [violation for violation in violations if violation.message not in reported]
    return [*others[:MAX_VIOLATIONS], *missing]


def replace_locations(content: bytes, replace: Callable[[str], str]) -> bytes:
    """Return well-formed XML, in UTF-8, with other locations, without hints and external DTD.

    Nothing else of the text changes: a tree, written to text, would lose prefixes that the
    values of attributes use.
    """
    text = _in_utf8(content)
    parts: list[bytes] = []
    position = 0
    for location in _iter_locations(text):
        replacement = "" if location.text is None else replace(location.text)
        parts += (text[position : location.start], replacement.encode())
        position = location.end
    return _DOCTYPE.sub(b"", b"".join((*parts, text[position:])), count=1)


def _in_utf8(content: bytes) -> bytes:
    """Return XML in UTF-8 instead of UTF-16; other content is unchanged."""
    for encoding, beginnings in (
        ("utf-16", (b"\xff\xfe", b"\xfe\xff")),
        ("utf-16-le", (b"<\0",)),
        ("utf-16-be", (b"\0<",)),
    ):
        if content.startswith(beginnings):
            return _DECLARATION.sub("", content.decode(encoding), count=1).encode()
    return content


def _iter_locations(content: bytes) -> Iterator[_Location]:
    locations: list[_Location] = []
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.ordered_attributes = True
    parser.specified_attributes = True

    def start(element: str, attributes: list[str]) -> None:
        namespace, _, local_name = element.rpartition("\n")
        attribute = _LOCATION_ATTRIBUTES.get((namespace, local_name))
        names = attributes[::2]
        if attribute not in names and _HINTS.isdisjoint(names):
            return
        ranges = _value_ranges(content, parser.CurrentByteIndex)
        for name, text, (first, end) in zip(names, attributes[1::2], ranges, strict=True):
            if name == attribute or name in _HINTS:
                is_location = name == attribute
                location = text.strip() if is_location else None
                locations.append(_Location(location, parser.CurrentLineNumber, first, end))

    parser.StartElementHandler = start
    parser.Parse(content, True)
    return iter(locations)


def _value_ranges(content: bytes, position: int) -> list[tuple[int, int]]:
    """List the byte ranges of a start tag's attribute values, without namespace declarations."""
    tag_name = _TAG_NAME.match(content, position)
    position = tag_name.end() if tag_name else position
    ranges = []
    while attribute := _ATTRIBUTE.match(content, position):
        position = attribute.end()
        if attribute[1] != b"xmlns" and not attribute[1].startswith(b"xmlns:"):
            ranges.append((position - 1 - len(attribute[2] or attribute[3] or b""), position - 1))
    return ranges
