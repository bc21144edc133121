"""A WSDL 1.1 description as a reference: operations with their messages, then its types."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from registry.outlines.model import Operation, Outline, OutlineBuilder
from registry.outlines.xml_tree import XSD, local_name, parse_tree
from registry.outlines.xsd import add_schema

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"


def read(content: bytes) -> Outline | None:
    root = parse_tree(content)
    if root is None or root.tag != f"{_WSDL}definitions":
        return None
    draft = OutlineBuilder()
    messages = {each.get("name", ""): _parts(each) for each in root.iterfind(f"{_WSDL}message")}
    for port in root.iterfind(f"{_WSDL}portType"):
        draft.operations += _operations(draft, port, messages)
    for schema in root.iterfind(f"{_WSDL}types/{XSD}schema"):
        add_schema(draft, schema)
    facts = tuple(_facts(root))
    return draft.build(root.get("name") or "Service", _told(root), facts)


def _facts(root: Element) -> Iterator[tuple[str, str]]:
    if root.get("targetNamespace"):
        yield "Namespace", root.get("targetNamespace", "")
    for address in root.iterfind(f"{_WSDL}service/{_WSDL}port/*"):
        if address.get("location"):
            yield "Address", address.get("location", "")


def _parts(message: Element) -> str:
    found = message.iterfind(f"{_WSDL}part")
    return ", ".join(local_name(each.get("element") or each.get("type")) for each in found)


def _operations(
    draft: OutlineBuilder, port: Element, messages: dict[str, str]
) -> Iterator[Operation]:
    for each in port.iterfind(f"{_WSDL}operation"):
        if not draft.has_room():
            return
        path = f"{port.get('name')}.{each.get('name')}"
        answers = [
            (told, "", messages.get(local_name(one.get("message")), ""), "")
            for kind, told in (("output", "answer"), ("fault", "fault"))
            for one in each.iterfind(f"{_WSDL}{kind}")
        ]
        body = [
            ("", messages.get(local_name(one.get("message")), ""), "")
            for one in each.iterfind(f"{_WSDL}input")
        ]
        yield Operation(
            "OP",
            path,
            draft.add_anchor(path),
            description=_told(each),
            body=tuple(body),
            responses=tuple(answers),
        )


def _told(node: Element) -> str:
    found = node.find(f"{_WSDL}documentation")
    return " ".join("".join(found.itertext()).split()) if found is not None else ""
