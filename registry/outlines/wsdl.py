"""A WSDL 1.1 description as a reference: operations with their messages, then its types."""

from xml.etree.ElementTree import Element

from registry.outlines.model import Operation, Outline, OutlineBuilder
from registry.outlines.xml_tree import XSD, local_name, parse_tree
from registry.outlines.xsd import add_schema

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
#: Elements of an operation, with their names in the outline.
_RESPONSES = (("output", "answer"), ("fault", "fault"))


def read(content: bytes) -> Outline | None:
    root = parse_tree(content)
    if root is None or root.tag != f"{_WSDL}definitions":
        return None
    builder = OutlineBuilder()
    messages = {
        message.get("name", ""): ", ".join(
            local_name(part.get("element") or part.get("type"))
            for part in message.iterfind(f"{_WSDL}part")
        )
        for message in root.iterfind(f"{_WSDL}message")
    }
    for port in root.iterfind(f"{_WSDL}portType"):
        _add_operations(builder, port, messages)
    for schema in root.iterfind(f"{_WSDL}types/{XSD}schema"):
        add_schema(builder, schema)
    facts = []
    if root.get("targetNamespace"):
        facts.append(("Namespace", root.get("targetNamespace", "")))
    for address in root.iterfind(f"{_WSDL}service/{_WSDL}port/*"):
        if address.get("location"):
            facts.append(("Address", address.get("location", "")))
    return builder.build(root.get("name") or "Service", _documentation(root), tuple(facts))


def _add_operations(builder: OutlineBuilder, port: Element, messages: dict[str, str]) -> None:
    for operation in port.iterfind(f"{_WSDL}operation"):
        if not builder.has_room():
            return
        path = f"{port.get('name')}.{operation.get('name')}"
        responses = [
            (name, "", messages.get(local_name(response.get("message")), ""), "")
            for tag, name in _RESPONSES
            for response in operation.iterfind(f"{_WSDL}{tag}")
        ]
        body = [
            ("", messages.get(local_name(request.get("message")), ""), "")
            for request in operation.iterfind(f"{_WSDL}input")
        ]
        builder.operations.append(
            Operation(
                "OP",
                path,
                builder.add_anchor(path),
                description=_documentation(operation),
                body=tuple(body),
                responses=tuple(responses),
            )
        )


def _documentation(node: Element) -> str:
    documentation = node.find(f"{_WSDL}documentation")
    return "" if documentation is None else " ".join("".join(documentation.itertext()).split())
