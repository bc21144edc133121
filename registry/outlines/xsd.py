"""An XML Schema as tables: elements and types, each with what may stand inside."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from registry.outlines.model import DEEPEST, Field, Outline, OutlineBuilder, Section
from registry.outlines.xml_tree import XSD, documentation, local_name, parse_tree

_NAMED = {
    "element": "element",
    "complexType": "complex type",
    "simpleType": "simple type",
    "group": "group",
    "attributeGroup": "group of attributes",
    "attribute": "attribute",
}
_GROUPS = ("sequence", "choice", "all")


def read(content: bytes) -> Outline | None:
    root = parse_tree(content)
    if root is None or root.tag != f"{XSD}schema":
        return None
    draft = OutlineBuilder()
    add_schema(draft, root)
    namespace = root.get("targetNamespace", "")
    facts = (("Namespace", namespace),) if namespace else ()
    return draft.build(
        local_name(namespace.rstrip("/").rpartition("/")[2]) or "Schema", documentation(root), facts
    )


def add_schema(draft: OutlineBuilder, schema: Element) -> None:
    """Its elements and types, as sections of the outline."""
    named = [each for each in schema if local_name(each.tag) in _NAMED and each.get("name")]
    anchors: dict[str, str] = {}
    for each in named:
        anchors.setdefault(each.get("name", ""), draft.add_anchor(each.get("name", "")))
    told: set[str] = set()
    for each in named:
        name = each.get("name", "")
        if not draft.has_room():
            return
        anchor = draft.add_anchor(name) if name in told else anchors[name]
        told.add(name)
        kind = _NAMED[local_name(each.tag)]
        fields = tuple(_inside(each, draft, anchors, 0)) or (_value(each, anchors),)
        draft.sections.append(Section(name, kind, anchor, documentation(each), fields))


def _value(node: Element, anchors: dict[str, str]) -> Field:
    """Of what has no parts: the type that its text is of."""
    words, facts = _type(node)
    return Field("value", words, link=anchors.get(words, ""), facts=facts)


def _inside(
    node: Element, draft: OutlineBuilder, anchors: dict[str, str], depth: int
) -> Iterator[Field]:
    if depth > DEEPEST:
        return
    for each in node:
        kind = local_name(each.tag)
        if kind in ("element", "attribute", "any"):
            if not draft.has_room():
                return
            yield _field(each, kind, anchors, depth)
            yield from _inside(each, draft, anchors, depth + 1)
        elif kind in (*_GROUPS, "complexType", "complexContent", "simpleContent", "extension"):
            yield from _inside(each, draft, anchors, depth)


def _field(node: Element, kind: str, anchors: dict[str, str], depth: int) -> Field:
    words, facts = _type(node)
    least, most = node.get("minOccurs", "1"), node.get("maxOccurs", "1")
    if most != "1":
        facts = (*facts, f"{least} to {'any number' if most == 'unbounded' else most} times")
    is_required = node.get("use") == "required" if kind == "attribute" else least != "0"
    name = node.get("name") or local_name(node.get("ref")) or kind
    return Field(
        f"@{name}" if kind == "attribute" else name,
        words,
        is_required,
        documentation(node),
        node.get("default") or node.get("fixed"),
        depth,
        anchors.get(words) or anchors.get(local_name(node.get("ref")), ""),
        facts,
    )


def _type(node: Element) -> tuple[str, tuple[str, ...]]:
    """In words, with the facets of a type that stands inside."""
    if node.get("type"):
        return local_name(node.get("type")), ()
    restriction = next(node.iter(f"{XSD}restriction"), None) if _is_simple(node) else None
    if restriction is None:
        return "", ()
    return local_name(restriction.get("base")), tuple(_facets(restriction))


def _is_simple(node: Element) -> bool:
    return local_name(node.tag) == "simpleType" or node.find(f"{XSD}simpleType") is not None


def _facets(restriction: Element) -> Iterator[str]:
    values = [each.get("value", "") for each in restriction.iterfind(f"{XSD}enumeration")]
    if values:
        more = len(values) - 12
        yield f"one of {', '.join(values[:12])}" + (f" and {more} more" if more > 0 else "")
    for each in restriction:
        name = local_name(each.tag)
        if name != "enumeration" and each.get("value") is not None:
            yield f"{name} {each.get('value')}"
