"""What documentation pages show, of each type."""

import json
from functools import partial
from pathlib import Path

import pytest

from registry.artifact_types import detect_type
from registry.outlines import Outline, make_outline
from tests.rules.calls import assert_few_calls
from tests.rules.hostile_contents import HOSTILE

_SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"
_FILES = [item for item in sorted(_SCHEMAS.rglob("*")) if item.is_file()]


def told(type_name: str, content: object) -> Outline:
    data = content if isinstance(content, str) else json.dumps(content)
    result = make_outline(type_name, data.encode())
    assert result is not None
    return result


def rows(found: Outline, section: int = 0) -> list[tuple[str, str]]:
    return [(field.name, field.type) for field in found.sections[section].fields]


def test_avro_names_types_and_links_records_inside() -> None:
    kind = {"type": "enum", "name": "Kind", "symbols": ["LIST", "SALE"], "default": "LIST"}
    fields = [
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When."},
        {"name": "kinds", "type": {"type": "array", "items": kind}},
        {"name": "next", "type": ["null", "Price"], "default": None},
    ]
    result = told(
        "AVRO", {"type": "record", "name": "Price", "namespace": "shop", "fields": fields}
    )
    assert result.facts == (("Namespace", "shop"),)
    assert rows(result) == [
        ("at", "long (timestamp-millis)"),
        ("kinds", "array of Kind"),
        ("next", "null | Price"),
    ]
    price, kind_section = result.sections
    assert [field.is_required for field in price.fields] == [True, True, False]
    assert price.fields[1].link == kind_section.anchor
    assert price.fields[2].link == price.anchor
    assert price.fields[2].default == "null"
    assert kind_section.fields[0].facts == ("default",)


def test_json_schema_shows_objects_inside_and_definitions() -> None:
    schema = {
        "title": "Order",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "minLength": 3},
            "lines": {"type": "array", "items": {"$ref": "#/definitions/line"}},
            "to": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
        "definitions": {"line": {"type": "object", "properties": {"sku": {"enum": ["a", "b"]}}}},
    }
    result = told("JSON", schema)
    assert rows(result) == [
        ("id", "string"),
        ("lines", "array of line"),
        ("to", "object"),
        ("city", "string"),
    ]
    order, line = result.sections
    assert [field.depth for field in order.fields] == [0, 0, 0, 1]
    assert order.fields[0].is_required
    assert order.fields[0].facts == ("at least 3 characters",)
    assert order.fields[1].link == line.anchor
    assert line.fields[0].facts == ('one of "a", "b"',)


def test_protobuf_shows_numbers_oneofs_and_services() -> None:
    source = """syntax = "proto3"; package shop;
    // What it costs.
    message Price { int64 cents = 1; oneof to { string eur = 2; Kind kind = 3; }
      enum Kind { A = 0; } }
    service Prices { rpc Watch(Price) returns (stream Price); }"""
    result = told("PROTOBUF", source)
    price, kind = result.sections
    assert (price.name, kind.name) == ("Price", "Price.Kind")
    assert price.description == "What it costs."
    assert price.fields[1].facts == ("number 2", "oneof to")
    assert price.fields[2].link == kind.anchor
    (watch,) = result.operations
    assert watch.responses == (("", "Answers", "stream of Price", price.anchor),)


def test_kafka_connect_shows_structs_inside() -> None:
    inner = {"type": "struct", "field": "to", "fields": [{"field": "city", "type": "string"}]}
    result = told("KCONNECT", {"type": "struct", "name": "Order", "fields": [
        {"field": "id", "type": "int64", "optional": False}, inner,
    ]})  # fmt: skip
    assert rows(result) == [("id", "int64"), ("to", "struct"), ("city", "string")]
    assert [field.depth for field in result.sections[0].fields] == [0, 0, 1]


_API = {
    "openapi": "3.0.0",
    "info": {"title": "Shop", "version": "2"},
    "paths": {
        "/prices/{sku}": {
            "parameters": [{"$ref": "#/components/parameters/sku"}],
            "get": {
                "summary": "One price",
                "responses": {
                    "200": {
                        "description": "It",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Price"}}
                        },
                    }
                },
            },
        }
    },
    "components": {
        "parameters": {
            "sku": {"name": "sku", "in": "path", "required": True, "schema": {"type": "string"}}
        },
        "schemas": {"Price": {"type": "object", "properties": {"cents": {"type": "integer"}}}},
    },
}


def test_openapi_lists_operations_with_parameters_and_responses() -> None:
    result = told("OPENAPI", _API)
    (get,) = result.operations
    assert (get.verb, get.path, get.summary) == ("GET", "/prices/{sku}", "One price")
    assert [
        (parameter.name, parameter.is_required, parameter.facts) for parameter in get.parameters
    ] == [("sku", True, ("in path",))]
    assert get.responses == (("200", "It", "Price", result.sections[0].anchor),)


def test_asyncapi_of_both_generations_shows_messages_by_channel() -> None:
    message = {"name": "placed", "payload": {"type": "object"}}
    two = told("ASYNCAPI", {
        "asyncapi": "2.6.0", "info": {"title": "Shop"},
        "channels": {"orders": {"publish": {"message": message}}},
    })  # fmt: skip
    three = told("ASYNCAPI", {
        "asyncapi": "3.0.0", "info": {"title": "Shop"},
        "channels": {"orders": {"address": "orders", "messages": {"placed": message}}},
        "operations": {"place": {"action": "send", "channel": {"$ref": "#/channels/orders"}}},
    })  # fmt: skip
    said = [
        (operation.verb, operation.path, operation.responses[0][1]) for operation in two.operations
    ]
    assert said == [("PUB", "orders", "placed")]
    said = [
        (operation.verb, operation.path, operation.responses[0][1])
        for operation in three.operations
    ]
    assert said == [("SEND", "orders", "placed")]


def test_graphql_separates_operations_from_types() -> None:
    source = """type Query { price(sku: ID!): Price! }
    "A price." type Price { cents: Int @deprecated }"""
    result = told("GRAPHQL", source)
    (query,) = result.operations
    assert (query.verb, query.path) == ("QUERY", "price")
    assert query.responses == (("", "Answers", "Price!", result.sections[0].anchor),)
    assert result.sections[0].description == "A price."
    assert result.sections[0].fields[0].facts == ("deprecated",)


_XSD = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:shop">
<xs:element name="price" type="Price"/>
<xs:complexType name="Price"><xs:sequence>
  <xs:element name="cents" type="xs:long" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
  <xs:attribute name="sku" use="required"><xs:simpleType><xs:restriction base="xs:string">
  <xs:maxLength value="9"/></xs:restriction></xs:simpleType></xs:attribute></xs:complexType>
</xs:schema>"""


def test_xsd_shows_elements_attributes_and_facets() -> None:
    result = told("XSD", _XSD)
    element, price = result.sections
    assert element.fields[0].link == price.anchor
    assert rows(result, 1) == [("cents", "long"), ("@sku", "string")]
    assert price.fields[0].facts == ("0 to any number times",)
    assert price.fields[1].is_required
    assert price.fields[1].facts == ("maxLength 9",)


def test_wsdl_lists_operations_with_their_messages() -> None:
    result = told("WSDL", f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" name="Shop">
    <types>{_XSD}</types>
    <message name="ask"><part name="p" element="price"/></message>
    <portType name="Prices"><operation name="get"><input message="ask"/></operation></portType>
    </definitions>""")  # fmt: skip
    assert [(operation.path, operation.body) for operation in result.operations] == [
        ("Prices.get", (("", "price", ""),))
    ]
    assert [section.name for section in result.sections] == ["price", "Price"]


@pytest.mark.parametrize("file", _FILES, ids=lambda file: str(file.relative_to(_SCHEMAS)))
def test_every_published_schema_has_a_page(file: Path) -> None:
    content = file.read_bytes()
    known = detect_type(content)
    assert known is not None
    result = make_outline(known.name, content)
    assert result is not None
    anchors = [section.anchor for section in result.sections]
    anchors += [operation.anchor for operation in result.operations]
    assert len(anchors) == len(set(anchors))
    links = {field.link for section in result.sections for field in section.fields if field.link}
    assert links <= set(anchors)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_upload_makes_an_outline_slow(name: str) -> None:
    for known in HOSTILE[name].checking_types:
        assert_few_calls(partial(make_outline, known), HOSTILE[name])
