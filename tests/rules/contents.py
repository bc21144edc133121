"""Contents of every type that are wrong, with what is told and what stands there; right ones."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
#: Content, what is told of it, and what stands at the place that is told.
Wrong = tuple[str | bytes, str, str | None]


def avro(**more: Any) -> str:
    return json.dumps({"type": "record", "name": "R", "fields": [], **more})


def field(kind: Any, **more: Any) -> str:
    return avro(fields=[{"name": "a", "type": kind, **more}])


X = {"name": "x", "type": "int"}
Y = {"name": "y", "type": "int"}

INVALID_AVRO: list[Wrong] = [
    ("{", "Expecting property name", ""),
    ("7", "A schema is a name, an array or an object", "7"),
    ('"strin"', "There is no type 'strin'", '"strin"'),
    ('"String"', "Did you mean 'string'?", '"String"'),
    (avro(name="1R"), "'1R' is no name", '"1R", "field'),
    (avro(name="a-b"), "Such as 'a_b'.", '"a-b", "fiel'),
    (avro(name="string"), "can't be called 'string'", '"string", "f'),
    (avro(namespace="a..b-c"), "is no name", '"a..b-c"}'),
    (avro(fields=7), "has fields, an array", '{"type": "re'),
    (avro(fields=[7]), "A field is an object with a name", "7]}"),
    (avro(fields=[{"name": "a"}]), "'a' has no type", '{"name": "a"'),
    (avro(fields=[{"name": "a", "type": "int"}] * 2), "'a' is there twice", '{"name": "a"'),
    (avro(aliases="x"), "Aliases are an array of names", '"x"}'),
    (field("int", default="x"), "The default 'x' is no int", '"x"}]}'),
    (field("int", default=2**31), "is no int", "2147483648}]"),
    (field("string", order="up"), "An order is one of", '"up"}]}'),
    (field(["null", "int"], default="x"), "is of no type in the union, which has null, int", '"x"'),
    (
        field(["null", {"type": "array", "items": ["int", "null"]}], default=[1, None, True]),
        "The default True is of no type in the union, which has int, null",
        "true]}",
    ),
    (
        field(["null", {"type": "record", "name": "I", "fields": [X]}], default={}),
        "The default lacks the field 'x' of I",
        "{}}]}",
    ),
    (
        field(["null", {"type": "enum", "name": "E", "symbols": ["A"]}], default="B"),
        "is no symbol of E",
        '"B"}]}',
    ),
    (field([], default=None), "The default None is of no type in the union", "null}]}"),
    (
        avro(fields=[X | {"aliases": ["y"]}, Y]),
        "The alias 'y' of 'x' is the name of another already",
        '["y"]}',
    ),
    (
        avro(fields=[X | {"aliases": ["z"]}, Y | {"aliases": ["z"]}]),
        "The alias 'z' of 'y' is an alias of 'x' already",
        '["z"]}]',
    ),
    (
        field({"type": "enum", "name": "E", "symbols": [], "aliases": ["R"]}),
        "The alias 'R' of 'E' is the name of another already",
        '["R"]}}]}',
    ),
    (
        avro(aliases=["E"], fields=[{**X, "type": {"type": "enum", "name": "E", "symbols": []}}]),
        "The name 'E' is an alias of 'R' already",
        '"E", "sym',
    ),
    (field(["null", "null"]), "A union has 'null' twice", '"null"]}]}'),
    (field(["null", ["int"]]), "immediately inside a union", '["int"]]}]}'),
    (field({"type": "array"}), "A type array has no items", '{"type": "ar'),
    (field({"type": "map", "values": "x"}), "There is no type 'x'", '"x"}}]}'),
    (field({"type": "fixed", "name": "F", "size": -1}), "a whole number of bytes", '{"type": "fi'),
    (field({"type": "enum", "name": "E", "symbols": ["A", "A"]}), "'A' is there twice", '"A"]}}]}'),
    (field({"type": "enum", "name": "E", "symbols": ["A-"]}), "Such as 'A_'.", '"A-"]}}]}'),
    (
        field({"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}),
        "The default 'B' is none of the symbols",
        '"B"}}]}',
    ),
    (field({"type": "string", "logicalType": "date"}), "is of int, not of string", '"date"}}]}'),
    (field({"type": "bytes", "logicalType": "decimal"}), "has a precision", '{"type": "by'),
    ('{"type":"record","name":"R","name":"S","fields":[]}', "'name' stands twice", None),
    (b"\xff", "not UTF-8: its byte 0 is 0xFF", "ÿ"),
]
WRONG_JSON: list[Wrong] = [
    ("[]", "an object or a boolean", "[]"),
    ('{"type":"objct"}', "Did you mean 'object'?", '"objct"}'),
    ('{"minLength":-1}', "less than the minimum", "-1}"),
    ('{"required":"a"}', "not of type", '"a"}'),
    ('{"pattern":"(["}', "regex", '"(["}'),
    ('{"$ref":"#/definitions/a"}', "Nothing is known of '#/definitions/a'", '"#/definitio'),
    ('{"$ref":"other.json"}', "Add a reference of that name.", '"other.json"'),
    ('{"$schema":"http://example.com/x"}', "The dialect http://example.com/x", '"http://exam'),
    ('{\n "properties": {\n  "a": {"type": 5}}}', "5 is none of", "5}}}"),
    ('{"$schema":"https://json-schema.org/draft/2020-12/schema","items":[{}]}', "type", "[{}]}"),
    ('{"$schema":"http://json-schema.org/draft-04/schema#","required":[]}', "", "[]}"),
    ('{"type":NaN}', "NaN is no JSON number", None),
]
WRONG_PROTOBUF: list[Wrong] = [
    ("message {", "Expected message name", "{"),
    ('syntax = "proto3"; message A { string a = 1; string b = 1; }', "already been used", "1; }"),
    ('syntax = "proto3"; message A { B b = 1; }', '"B" is not defined', "B b = 1; }"),
    ('syntax = "proto3"; import "x.proto";', "File not found", None),
    ('syntax = "proto3"; enum E { A = 1; }', "zero", "1; }"),
    (b"\xff", "codepoint 255", "ÿ"),
]
YAML = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n"
OPENAPI = {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {}}


def openapi(**more: Any) -> str:
    return json.dumps({**OPENAPI, **more})


def operation(**more: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "d"}}, **more}


WRONG_OPENAPI: list[Wrong] = [
    ("x: 1", "no object with 'openapi' or 'swagger'", 'x: 1'),
    ("openapi: [", "did not find expected", ''),
    ("openapi: '4.0'", "The version '4.0' is not known here", "'4.0'"),
    ("openapi: 3.0.0\npaths: {}", "'info' is missing", 'openapi: 3.0'),
    ("openapi: 3.0.0\ninfo: {title: t, version: '1', titel: x}\npaths: {}", "titel", '{title: t'),
    (
        "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      x: 1",
        "Nothing of the name 'x' belongs here", 'x: 1'),
    (
        openapi(paths={"/a/{id}": {"get": operation()}}),
        'Add a parameter \'id\' with "in": "path".', '{"responses"'),
    (
        openapi(
            paths={
                "/a": {"get": operation(operationId="x"), "put": operation(operationId="x")}
            }
        ),
        "The operationId 'x' is there twice", '"x"}}}}'),
    (
        openapi(components={"schemas": {"A": {"$ref": "#/components/schemas/B"}}}),
        "There is nothing at '#/components/schemas/B'", '"#/component'),
    ("swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {a: {}}", "", '{a: {}}'),
    ("openapi: 3.1.0\ninfo: {title: t, version: '1'}\ncomponents: {schemas: {A: {type: objct}}}",
     "Did you mean 'object'?", 'objct}}}'),
    (
        "openapi: 3.0.0\ninfo: {title: t, version: '1'}\n"
        "paths: {/a: {get: {responses: {'200': {descripton: d}}}}}",
        "'description' is missing",
        "{descripton",
    ),
    ("a: &a [*a]\nopenapi: 3.0.0", "stands within itself", '*a]'),
    (f"{YAML}---\n{YAML}", "A second YAML document begins", '---'),
    (f"{YAML}...\n---\n", "A second YAML document begins", '---'),
    (f"{YAML}...\n}}", "The content is not YAML", '}'),
]  # fmt: skip
WRONG_ASYNCAPI: list[Wrong] = [
    ("x: 1", "no object with 'asyncapi'", "x: 1"),
    ("asyncapi: 1.2.0", "The version '1.2.0' is not known here", "1.2.0"),
    ("asyncapi: 2.6.0\ninfo: {title: t, version: '1'}", "'channels' is missing", "asyncapi: 2."),
    ("asyncapi: 3.0.0\ninfo: {title: t}", "'version' is missing", "{title: t}"),
    (
        "asyncapi: 2.6.0\ninfo: {title: t, version: '1'}\nchannels:\n"
        "  a: {publish: {operationId: x}}\n  b: {publish: {operationId: x}}",
        "The operationId 'x' is there twice",
        "x}}",
    ),
]
WRONG_OTHERS: list[tuple[str, str | bytes, str, str | None]] = [
    ("GRAPHQL", "type A {", "Expected Name", ""),
    ("GRAPHQL", "type A { a: B }", "Unknown type 'B'", "B }"),
    ("GRAPHQL", "type A { a: Int a: Int }", "can only be defined once", "a: Int a: In"),
    (
        "GRAPHQL",
        "type A implements B { a: Int } interface B { b: Int }",
        "B.b expected",
        "b: Int }",
    ),
    ("GRAPHQL", b"\xff", "not UTF-8", "ÿ"),
    ("KCONNECT", "[]", "a JSON object", "[]"),
    ("KCONNECT", '{"type":"strct"}', "Did you mean 'struct'?", '"strct"}'),
    ("KCONNECT", '{"type":"struct"}', "'fields' is missing", '{"type":"str'),
    ("KCONNECT", '{"type":"array"}', "'items' is missing", '{"type":"arr'),
    (
        "KCONNECT",
        '{"type":"struct","fields":[{"field":"a","type":"int8"},{"field":"a","type":"int8"}]}',
        "The field 'a' is there twice",
        '{"field":"a"',
    ),
    ("KCONNECT", '{"name":"c","config":{}}', "'connector.class' is missing", "{}}"),
    ("XML", "<a>", "no element found", ""),
    ("XML", "<a></b>", "mismatched tag", "b>"),
    ("XML", '<!DOCTYPE a [<!ENTITY e "x">]>\n<a/>', "entities are not expanded", '"x">]>'),
    ("XSD", "<a/>", "The root element is 'a', and not 'schema'", None),
    ("WSDL", "<a/>", "The root element is 'a', and not", None),
]
XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
WSDL = (DATA / "rules" / "hello.wsdl").read_text(encoding="utf-8")
WRONG_OTHERS += [
    ("XSD", f'{XS}\n<xs:element name="a" type="T"/></xs:schema>', "unknown type 'T'", '<xs:elem'),
    ("XSD", f'{XS}\n<xs:elemen name="a"/></xs:schema>', "Unexpected child", '<xs:schema x'),
    ("XSD", f'{XS}<xs:include schemaLocation="b.xsd"/><xs:element name="a" type="T"/></xs:schema>',
     "Add a reference of that name.", '<xs:schema x'),
    ("XSD", f'{XS}<xs:simpleType name="T"><xs:restriction bas="U"/></xs:simpleType></xs:schema>',
     "attribute 'bas' not allowed", '<xs:restri'),
    ("WSDL", WSDL.replace("t:Request", "t:Other"), "unknown message", None),
    ("WSDL", WSDL.replace('<portType name="Port">', "<portType>"), "required attribute", '<port'),
]  # fmt: skip

INVALID: list[tuple[str, str | bytes, str, str | None]] = [
    *(("AVRO", *each) for each in INVALID_AVRO),
    *(("JSON", *each) for each in WRONG_JSON),
    *(("PROTOBUF", *each) for each in WRONG_PROTOBUF),
    *(("OPENAPI", *each) for each in WRONG_OPENAPI),
    *(("ASYNCAPI", *each) for each in WRONG_ASYNCAPI),
    *WRONG_OTHERS,
]

VALID = [
    ("AVRO", '"string"'),
    ("AVRO", avro(fields=[{"name": "next", "type": ["null", "R"], "default": None}])),
    ("AVRO", avro(name="a.b.R", aliases=["S", "c.T"], doc="d", owner="us")),
    ("AVRO", field({"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2})),
    ("AVRO", field({"type": "string", "logicalType": "of-our-own"})),
    # A union's default is of any of its types since 1.12.
    ("AVRO", field(["string", "null"], default=None)),
    ("AVRO", field(["null", "int"], default=1)),
    ("AVRO", field({"type": "array", "items": ["string", "null"]}, default=[None, "x"])),
    ("AVRO", field({"type": "map", "values": ["null", "double"]}, default={"a": 1.5})),
    (
        "AVRO",
        field(
            ["null", {"type": "record", "name": "I", "fields": [X | {"default": 1}]}], default={}
        ),
    ),
    # Any text is an alias, and a name may be an alias of its own.
    ("AVRO", avro(aliases=["a-b", "R"], fields=[X | {"aliases": ["1", "x"]}])),
    # Fields of different records have nothing to do with each other.
    (
        "AVRO",
        avro(
            fields=[
                {"name": "i", "type": {"type": "record", "name": "I", "fields": [X]}},
                Y | {"aliases": ["x"]},
            ]
        ),
    ),
    ("JSON", "true"),
    ("JSON", '{"$ref":"#"}'),
    ("JSON", '{"$id":"http://x.example/a.json","$defs":{"b":{"$id":"b.json"}},"$ref":"b.json"}'),
    ("JSON", '{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicRef":"#m"}'),
    ("PROTOBUF", 'syntax = "proto3"; import "google/protobuf/any.proto";'),
    ("PROTOBUF", 'edition = "2023"; message A { string a = 1; }'),
    ("OPENAPI", YAML),
    ("OPENAPI", f"# c\n%YAML 1.2\n---\n{YAML}...\n# c\n"),
    ("OPENAPI", "openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths: {}\n"),
    ("OPENAPI", openapi(paths={"/a": {"$ref": "other.json#/a"}})),
    ("GRAPHQL", "extend type A { a: Int } type A { b: Int }"),
    ("GRAPHQL", "type Query { a: [Int!]! @deprecated }"),
    ("KCONNECT", '{"connector.class":"x","tasks.max":1}'),
    (
        "KCONNECT",
        '{"type":"map","keys":{"type":"string"},"values":{"type":"int8","optional":true}}',
    ),
    ("XML", "<a b='c'><!-- d --></a>"),
    ("WSDL", WSDL),
    ("WSDL", '<description xmlns="http://www.w3.org/ns/wsdl"/>'),
]
