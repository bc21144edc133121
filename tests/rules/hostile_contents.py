"""Contents made to exhaust whatever checks them, each with the types that it is aimed at."""

from collections.abc import Callable
from dataclasses import dataclass

MEGABYTE = 1024 * 1024
XS = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
WSDL = b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">'
PROTO3 = b'syntax = "proto3";'
API = b'{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":'
YAML_API = b"openapi: 3.0.0\ninfo: {title: t}\npaths:\n"
YAML_CHANNELS = b"asyncapi: 2.6.0\ninfo: {title: t, version: '1'}\nchannels:\n"

#: The types that read the same syntax, of which the first stands for the others.
FAMILIES = (
    ("OPENAPI", "ASYNCAPI", "JSON", "AVRO", "KCONNECT"),
    ("PROTOBUF",),
    ("GRAPHQL",),
    ("XML", "XSD", "WSDL"),
)
EVERY_TYPE = tuple(name for family in FAMILIES for name in family)


@dataclass(frozen=True, slots=True)
class Hostile:
    """A content with the types that it is aimed at; `count` pieces if it is made of alike ones."""

    aimed_at: tuple[str, ...]
    make: Callable[[int], bytes]
    count: int = 1

    @property
    def content(self) -> bytes:
        return self.make(self.count)

    @property
    def checking_types(self) -> tuple[str, ...]:
        """The types that it is aimed at, and one of each other family."""
        others = (family[0] for family in FAMILIES if not {*family} & {*self.aimed_at})
        return (*self.aimed_at, *others)


def repeated(piece: bytes, before: bytes = b"", after: bytes = b"") -> Callable[[int], bytes]:
    return lambda count: before + piece * count + after


def numbered(
    piece: bytes, before: bytes, after: bytes, between: bytes = b","
) -> Callable[[int], bytes]:
    """Return what makes contents of pieces with their number at %d."""
    return lambda count: before + between.join(piece % at for at in range(count)) + after


def reserving_fields(count: int) -> bytes:
    fields = " ".join(f"oneof o{at} {{ int32 f{at} = {at + 1}; }}" for at in range(count))
    reserved = " ".join(f"reserved {at};" for at in range(100_000, 100_000 + 2 * count, 2))
    return PROTO3 + f"message M {{ {fields} {reserved} }}".encode()


def chained_messages(count: int) -> bytes:
    """Messages of which each has a map of the next one."""
    return PROTO3 + b" ".join(
        b"message M%d { map<string, M%d> m = 1; }" % (at, (at + 1) % count) for at in range(count)
    )


def billion_laughs(count: int) -> bytes:
    entities = '<!ENTITY e0 "ha">' + "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, count)
    )
    return f"<!DOCTYPE a [{entities}]><a>&e{count - 1};</a>".encode()


def aliases(count: int) -> bytes:
    lines = ["a0: &a0 [x, y]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, count)]
    return ("openapi: 3.0.0\n" + "\n".join(lines)).encode()


def nested_sequences() -> bytes:
    inner = b'<xs:sequence minOccurs="1000" maxOccurs="100000">' * 30
    element = b'<xs:element name="a" type="xs:string" maxOccurs="1000000"/>'
    body = b'<xs:complexType name="T"><xs:sequence>' + inner + element + b"</xs:sequence>" * 31
    return XS + body + b"</xs:complexType></xs:schema>"


HOSTILE = {
    "billion laughs": Hostile(("XML",), lambda _: billion_laughs(12)),
    "an entity of a file": Hostile(
        ("XML",), lambda _: b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    ),
    "a million yaml aliases": Hostile(("OPENAPI",), lambda _: aliases(12)),
    "a yaml alias within itself": Hostile(("OPENAPI",), lambda _: b"openapi: &a\n  x: *a\n"),
    "arrays 100,000 deep": Hostile(("JSON", "AVRO"), lambda _: b"[" * 100_000 + b"]" * 100_000),
    "objects 100,000 deep": Hostile(
        ("JSON", "AVRO"), lambda _: b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    ),
    "schemas 900 deep": Hostile(
        ("JSON", "AVRO"), lambda _: b'{"type":"array","items":' * 900 + b'"int"' + b"}" * 900
    ),
    "properties 400 deep": Hostile(
        ("JSON",), lambda _: b'{"properties":{"a":' * 400 + b"{}" + b"}}" * 400
    ),
    "yaml 100,000 deep": Hostile(("OPENAPI",), lambda _: b"openapi: 3.0.0\nx: " + b"[" * 100_000),
    "elements 100,000 deep": Hostile(("XML",), lambda _: b"<a>" * 100_000 + b"</a>" * 100_000),
    "messages 50,000 deep": Hostile(("PROTOBUF",), lambda _: b"message A{" * 50_000),
    "options 50,000 deep": Hostile(("PROTOBUF",), lambda _: b"option a = " + b"{a:" * 50_000),
    "lists 100,000 deep in GraphQL": Hostile(
        ("GRAPHQL",), lambda _: b"type A { a: " + b"[" * 100_000 + b"Int"
    ),
    "a text of 50 MB": Hostile(("JSON",), lambda _: b'"' + b"a" * (50 * MEGABYTE) + b'"'),
    "a text of 9 MB": Hostile(("JSON",), lambda _: b'"' + b"a" * (9 * MEGABYTE) + b'"'),
    "a text of 9 MB in Protobuf": Hostile(
        ("PROTOBUF",), lambda _: b'option a = "' + b"a" * (9 * MEGABYTE) + b'";'
    ),
    "an array of 2 MB": Hostile(("JSON", "AVRO"), repeated(b"0,", b"[", b"0]"), MEGABYTE),
    "100,000 objects": Hostile(("JSON", "KCONNECT"), numbered(b'"%d":{}', b"{", b"}"), 100_000),
    "one key 200,000 times": Hostile(
        ("JSON", "AVRO"), repeated(b'"a":1,', b"{", b'"a":1}'), 200_000
    ),
    "60,000 records": Hostile(
        ("AVRO",), numbered(b'{"type":"record","name":"R%d","fields":[]}', b"[", b"]"), 60_000
    ),
    "200,000 unknown names": Hostile(("AVRO",), numbered(b'"x.T%d"', b"[", b"]"), 200_000),
    "200,000 symbols": Hostile(
        ("AVRO",),
        numbered(b'"S%d"', b'{"type":"enum","name":"E","symbols":[', b"]}"),
        200_000,
    ),
    "a record with a field and 50,000 aliases": Hostile(
        ("AVRO",),
        numbered(
            b'"a%d"',
            b'{"type":"record","name":"R","fields":[{"name":"a","type":"int","aliases":[',
            b"]}]}",
        ),
        50_000,
    ),
    "a default 80 deep that no branch of its unions takes": Hostile(
        ("AVRO",),
        lambda _: (
            b'{"type":"record","name":"T","fields":[{"name":"x","type":'
            b'{"type":"record","name":"R","fields":[{"name":"n","type":["R",'
            b'{"type":"record","name":"S","fields":[{"name":"n","type":["R","S"]}]}]}]},"default":'
            + b'{"n":' * 80
            + b"{}"
            + b"}" * 81
            + b"]}"
        ),
    ),
    "a $ref to itself": Hostile(("JSON",), lambda _: b'{"$ref":"#"}'),
    "$refs in a circle": Hostile(
        ("JSON",),
        lambda _: (
            b'{"definitions":{"a":{"$ref":"#/definitions/b"},'
            b'"b":{"$ref":"#/definitions/a"}},"$ref":"#/definitions/a"}'
        ),
    ),
    "a schema that is all of itself": Hostile(
        ("JSON",), lambda _: b'{"allOf":[{"$ref":"#"},{"$ref":"#"}]}'
    ),
    "a schema that is any of itself": Hostile(
        ("JSON",), lambda _: b'{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}'
    ),
    "50,000 $refs": Hostile(
        ("JSON",),
        repeated(b'{"$ref":"#/definitions/a"},', b'{"definitions":{"a":{}},"allOf":[', b"{}]}"),
        50_000,
    ),
    "an enum of 20,000 values": Hostile(
        ("JSON",), numbered(b'"value %d"', b'{"enum":[', b"]}"), 20_000
    ),
    "a regex that backtracks": Hostile(
        ("JSON",), lambda _: b'{"pattern":"(a+)+$","enum":["' + b"a" * 50_000 + b'!"]}'
    ),
    "a regex that grows": Hostile(
        ("JSON",), lambda _: b'{"pattern":"(a{1000}){1000}","const":"aaa"}'
    ),
    "a number of a million digits": Hostile(
        ("JSON",), lambda _: b'{"minimum":' + b"9" * MEGABYTE + b"}"
    ),
    "a number without end": Hostile(("JSON",), lambda _: b'{"minimum":1e999999}'),
    "a number of the finest steps": Hostile(
        ("JSON",), lambda _: b'{"multipleOf":1e-300,"minimum":' + b"9" * 4000 + b"}"
    ),
    "50,000 wrong operations": Hostile(
        ("OPENAPI",), numbered(b'"/a%d":{"get":{"x":1}}', API + b"{", b"}}"), 50_000
    ),
    "50,000 wrong operations in yaml": Hostile(
        ("OPENAPI",), numbered(b"  /a%d: {get: {x: 1}}", YAML_API, b"", b"\n"), 50_000
    ),
    "20,000 equal paths": Hostile(
        ("OPENAPI",),
        numbered(b'"/a/{x%d}":{"get":{"security":[{"q":[]}]}}', API + b"{", b"}}"),
        20_000,
    ),
    "20,000 channels of unknown servers": Hostile(
        ("ASYNCAPI",),
        numbered(b"  a/{x%d}: {servers: [a], publish: {}}", YAML_CHANNELS, b"", b"\n"),
        20_000,
    ),
    "10,000 types of others in GraphQL": Hostile(
        ("GRAPHQL",), numbered(b'extend type A%d @key(fields:"a"){a:Int}', b"", b"", b"\n"), 10_000
    ),
    "10,000 imports of a federation": Hostile(
        ("GRAPHQL",),
        numbered(
            b'{name:"@key", as:"@k%d"}',
            b'extend schema @link(url:"https://specs.apollo.dev/federation/v2.9", import:[',
            b"]) type Query {a:Int}",
        ),
        10_000,
    ),
    "60,000 fields in GraphQL": Hostile(
        ("GRAPHQL",), numbered(b"a%d:Int", b"type A {", b"}", b" "), 60_000
    ),
    "25,000 equal fields in GraphQL": Hostile(
        ("GRAPHQL",), repeated(b"a:Int ", b"type A {", b"}"), 25_000
    ),
    "a million fields in GraphQL": Hostile(
        ("GRAPHQL",), repeated(b"a:Int ", b"type A {", b"}"), MEGABYTE
    ),
    "30,000 messages": Hostile(
        ("PROTOBUF",), numbered(b"message M%d { int32 a = 1; }", PROTO3, b"", b""), 30_000
    ),
    "100,000 messages": Hostile(
        ("PROTOBUF",), numbered(b"message M%d { int32 a = 1; }", PROTO3, b"", b""), 100_000
    ),
    "10,000 fields in oneofs, beside reserved numbers": Hostile(
        ("PROTOBUF",), reserving_fields, 10_000
    ),
    "10,000 messages, each with a map of the next": Hostile(
        ("PROTOBUF",), chained_messages, 10_000
    ),
    "a million elements": Hostile(("XML",), repeated(b"<b/>", b"<a>", b"</a>"), MEGABYTE),
    "100,000 attributes": Hostile(("XML",), numbered(b'a%d="1"', b"<a ", b"/>", b" "), 100_000),
    "5,000 elements in a schema": Hostile(
        ("XSD",),
        numbered(b'<xs:element name="e%d" type="xs:string"/>', XS, b"</xs:schema>", b""),
        5_000,
    ),
    "sequences that repeat": Hostile(("XSD",), lambda _: nested_sequences()),
    "a schema that includes itself": Hostile(
        ("XSD",), lambda _: XS + b'<xs:include schemaLocation="document"/></xs:schema>'
    ),
    "500 schemas in WSDL": Hostile(
        ("WSDL",),
        numbered(
            b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:%d">'
            b'<xs:element name="e" type="xs:string"/></xs:schema>',
            WSDL + b"<types>",
            b"</types></definitions>",
            b"",
        ),
        500,
    ),
    "10,000 messages in WSDL": Hostile(
        ("WSDL",), numbered(b'<message name="m%d"/>', WSDL, b"</definitions>", b""), 10_000
    ),
    "invalid UTF-8": Hostile(EVERY_TYPE, lambda _: b'{"a":"\xc3\x28"}'),
    "UTF-16": Hostile(EVERY_TYPE, lambda _: '{"type":"string"}'.encode("utf-16")),
    "NULs": Hostile(EVERY_TYPE, lambda _: b"\0" * MEGABYTE),
    "a NUL in a text": Hostile(
        ("AVRO",), lambda _: b'{"type":"record","name":"R\\u0000","fields":[]}'
    ),
    "half a surrogate": Hostile(
        ("JSON",), lambda _: b'{"title":"\\ud800","enum":["\\ud800"],"type":"string"}'
    ),
    "nothing": Hostile(EVERY_TYPE, lambda _: b""),
}
