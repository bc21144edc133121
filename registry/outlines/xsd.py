"""An XML Schema as tables: elements and types, each with its allowed content."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from registry.outlines.model import MAX_DEPTH, Field, Outline, OutlineBuilder, Section
from registry.outlines.xml_tree import XSD, documentation, local_name, parse_tree

_NAMED = {
    "element": "element",
    "complexType": "complex type",
    "simpleType": "simple type",
    "group": "group",
    "attributeGroup": "group of attributes",
    "attribute": "attribute",
}
_CONTAINERS = (
    *("sequence", "choice", "all"),
    *("complexType", "complexContent", "simpleContent", "extension"),
)
_MAX_VALUES = 12


def read(content: bytes) -> Outline | None:
    root = parse_tree(content)
    if root is None or root.tag != f"{XSD}schema":
        return None
    builder = OutlineBuilder()
    add_schema(builder, root)
    namespace = root.get("targetNamespace", "")
    facts = (("Namespace", namespace),) if namespace else ()
    title = local_name(namespace.rstrip("/").rpartition("/")[2]) or "Schema"
    return builder.build(title, documentation(root), facts)


def add_schema(builder: OutlineBuilder, schema: Element) -> None:
    """Add a schema's elements and types to an outline, as sections."""
    nodes = [node for node in schema if local_name(node.tag) in _NAMED and node.get("name")]
    anchors: dict[str, str] = {}
    for node in nodes:
        anchors.setdefault(node.get("name", ""), builder.add_anchor(node.get("name", "")))
    added: set[str] = set()
    for node in nodes:
        name = node.get("name", "")
        if not builder.has_room():
            return
        # An element and a type may have one name.
        anchor = builder.add_anchor(name) if name in added else anchors[name]
        added.add(name)
        fields = tuple(_fields(node, builder, anchors, 0))
        if not fields:
            kind, facts = _describe_type(node)
            fields = (Field("value", kind, link=anchors.get(kind, ""), facts=facts),)
        builder.sections.append(
            Section(name, _NAMED[local_name(node.tag)], anchor, documentation(node), fields)
        )


def _fields(
    parent: Element, builder: OutlineBuilder, anchors: dict[str, str], depth: int
) -> Iterator[Field]:
    if depth > MAX_DEPTH:
        return
    for node in parent:
        tag = local_name(node.tag)
        if tag in ("element", "attribute", "any"):
            if not builder.has_room():
                return
            yield _field(node, tag, anchors, depth)
            yield from _fields(node, builder, anchors, depth + 1)
        elif tag in _CONTAINERS:
            yield from _fields(node, builder, anchors, depth)


def _field(node: Element, tag: str, anchors: dict[str, str], depth: int) -> Field:
    kind, facts = _describe_type(node)
    least, most = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
    if most != "1":
        facts = (*facts, f"{least} to {'any number' if most == 'unbounded' else most} times")
    is_required = node.get("use") == "required" if tag == "attribute" else least != "0"
    name = node.get("name") or local_name(node.get("ref")) or tag
    return Field(
        f"@{name}" if tag == "attribute" else name,
        kind,
        is_required,
        documentation(node),
        node.get("default") or node.get("fixed"),
        depth,
        anchors.get(kind) or anchors.get(local_name(node.get("ref")), ""),
        facts,
    )


def _describe_type(node: Element) -> tuple[str, tuple[str, ...]]:
    """Return the type in words, with the facets of an inline simple type."""
    if node.get("type"):
        return local_name(node.get("type")), ()
    is_simple = local_name(node.tag) == "simpleType" or node.find(f"{XSD}simpleType") is not None
    restriction = next(node.iter(f"{XSD}restriction"), None) if is_simple else None
    if restriction is None:
        return "", ()
    facets = []
    values = [node.get("value", "") for node in restriction.iterfind(f"{XSD}enumeration")]
    if values:
        more = len(values) - _MAX_VALUES
        text = f"one of {', '.join(values[:_MAX_VALUES])}"
        facets.append(text + (f" and {more} more" if more > 0 else ""))
    for facet in restriction:
        name = local_name(facet.tag)
        if name != "enumeration" and facet.get("value") is not None:
            facets.append(f"{name} {facet.get('value')}")
    return local_name(restriction.get("base")), tuple(facets)
