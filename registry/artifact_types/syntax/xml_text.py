"""Reads untrusted XML with expat: no external entity, no expansion of declared ones."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

# Canonical XML is printed here and not by lxml, since hashes have to equal those of a Java node,
# which uses Santuario. lxml 6.1.3 gives the same bytes for the seven real files of the tests, five
# times faster. But libxml2 adds no attribute that the document's own DTD gives as a default unless
# it loads external DTDs, too, drops what declares an entity where the content stays as it is here,
# and takes a namespace name with a letter beyond ASCII for relative. It would add 5 MB.

_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_SEPARATOR = "\n"  # cannot occur in a namespace name after attribute normalization
# A root element's attributes may use entities that the document declares; expat lets text grow a
# hundredfold, so a document that declares any is read only when it is small.
_MAX_BYTES_WITH_ENTITIES = 256 * 1024

_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"})
_ATTRIBUTE = str.maketrans({
    "&": "&amp;",
    "<": "&lt;",
    '"': "&quot;",
    "\t": "&#x9;",
    "\n": "&#xA;",
    "\r": "&#xD;",
})


@dataclass(frozen=True, slots=True)
class Root:
    """A root element: its namespace ("" for none), local name and attributes without namespace."""

    namespace: str
    name: str
    attributes: dict[str, str]


class _RootFound(Exception):
    """Ends parsing after the root element's start tag."""


class _NotAllowed(Exception):
    """The document uses a feature unsupported here or forbidden by Canonical XML."""


def read_root(content: bytes) -> Root | None:
    """Read the root element from its start tag alone; the rest may not be well formed.

    None if the content is no XML. Never raises.
    """
    parser = _parser()
    roots: list[Root] = []

    def start(name: str, attributes: list[str]) -> None:
        namespace, local, _ = _split(name)
        plain = dict(zip(attributes[::2], attributes[1::2], strict=True))
        roots.append(Root(namespace, local, plain))
        raise _RootFound

    def declare_entity(*_declaration: object) -> None:
        if len(content) > _MAX_BYTES_WITH_ENTITIES:
            raise _NotAllowed("a large document declares entities")

    parser.StartElementHandler = start
    parser.EntityDeclHandler = declare_entity
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError, _NotAllowed):
        return None
    except _RootFound:
        return roots[0]
    return None


def canonicalize(content: bytes) -> bytes:
    """Print Canonical XML 1.0 without comments.

    Content stays unchanged if it is not well formed, has a relative URI as a namespace name (which
    Canonical XML forbids), or declares entities (never expanded here).
    """
    writer = _CanonicalWriter()
    parser = _parser()

    def reject_entity(*_declaration: object) -> None:
        raise _NotAllowed("entities are not expanded")

    parser.StartElementHandler = writer.start
    parser.EndElementHandler = writer.end
    parser.CharacterDataHandler = writer.text
    parser.ProcessingInstructionHandler = writer.instruction
    parser.StartNamespaceDeclHandler = writer.declare_namespace
    parser.EntityDeclHandler = reject_entity
    parser.SkippedEntityHandler = reject_entity
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError, _NotAllowed):
        return content
    return "".join(writer.parts).encode()


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.namespace_prefixes = True
    parser.ordered_attributes = True
    parser.buffer_text = True
    return parser


def _split(name: str) -> tuple[str, str, str]:
    """Split expat's form of a name into namespace name, local name and the name as written."""
    parts = name.split(_SEPARATOR)
    if len(parts) == 1:
        return "", name, name
    written = f"{parts[2]}:{parts[1]}" if len(parts) == 3 else parts[1]
    return parts[0], parts[1], written


@dataclass(slots=True)
class _CanonicalWriter:
    """Writes expat's events as Canonical XML.

    `in_force` are the namespaces by prefix; `hidden` holds, for each open element, those that its
    own declarations replaced (None: there was none), so that depth costs no copies.
    """

    parts: list[str] = field(default_factory=list)
    in_force: dict[str, str | None] = field(default_factory=lambda: {"": ""})
    hidden: list[dict[str, str | None]] = field(default_factory=list)
    declared: dict[str, str] = field(default_factory=dict)
    root_ended: bool = False

    def declare_namespace(self, prefix: str | None, uri: str | None) -> None:
        if uri and ":" not in uri:
            raise _NotAllowed("a relative namespace name")
        self.declared[prefix or ""] = uri or ""

    def start(self, name: str, attributes: Sequence[str]) -> None:
        new = {
            prefix: uri
            for prefix, uri in self.declared.items()
            if self.in_force.get(prefix) != uri and (prefix, uri) != ("xml", _XML_NAMESPACE)
        }
        self.declared = {}
        self.hidden.append({prefix: self.in_force.get(prefix) for prefix in new})
        self.in_force.update(new)
        self.parts += ("<", _split(name)[2])
        for prefix, uri in sorted(new.items()):
            written = f"xmlns:{prefix}" if prefix else "xmlns"
            self.parts.append(f' {written}="{uri.translate(_ATTRIBUTE)}"')
        names = map(_split, attributes[::2])
        for (_, _, written), value in sorted(zip(names, attributes[1::2], strict=True)):
            self.parts.append(f' {written}="{value.translate(_ATTRIBUTE)}"')
        self.parts.append(">")

    def end(self, name: str) -> None:
        self.in_force.update(self.hidden.pop())
        self.root_ended = not self.hidden
        self.parts.append(f"</{_split(name)[2]}>")

    def text(self, text: str) -> None:
        self.parts.append(text.translate(_TEXT))

    def instruction(self, target: str, data: str) -> None:
        written = f"<?{target}{' ' if data else ''}{data.replace(chr(13), '&#xD;')}?>"
        if self.hidden:
            self.parts.append(written)
        else:
            self.parts += ("\n", written) if self.root_ended else (written, "\n")
