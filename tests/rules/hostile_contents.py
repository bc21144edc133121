"""Contents made to exhaust whoever judges them, each against what it is aimed at."""

from collections.abc import Callable

MEGABYTE = 1024 * 1024
XS = b'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
PROTO3 = b'syntax = "proto3";'
API = b'{"openapi":"3.0.0","info":{"title":"t","version":"1"},"paths":'


def many(each: bytes, count: int, between: bytes = b",") -> bytes:
    """`each` so many times, %d in it counting."""
    numbered = (each % at if b"%d" in each else each for at in range(count))
    return between.join(numbered)


def laughs(count: int) -> bytes:
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


HOSTILE: dict[str, Callable[[], bytes]] = {
    "billion laughs": lambda: laughs(12),
    "an entity of a file": lambda: (
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>'
    ),
    "a million yaml aliases": lambda: aliases(12),
    "a yaml alias within itself": lambda: b"openapi: &a\n  x: *a\n",
    "arrays 100,000 deep": lambda: b"[" * 100_000 + b"]" * 100_000,
    "objects 100,000 deep": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "schemas 900 deep": lambda: b'{"type":"array","items":' * 900 + b'"int"' + b"}" * 900,
    "properties 400 deep": lambda: b'{"properties":{"a":' * 400 + b"{}" + b"}}" * 400,
    "yaml 100,000 deep": lambda: b"openapi: 3.0.0\nx: " + b"[" * 100_000,
    "elements 100,000 deep": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
    "messages 50,000 deep": lambda: b"message A{" * 50_000,
    "options 50,000 deep": lambda: b"option a = " + b"{a:" * 50_000,
    "lists 100,000 deep in GraphQL": lambda: b"type A { a: " + b"[" * 100_000 + b"Int",
    "a text of 50 MB": lambda: b'"' + b"a" * (50 * MEGABYTE) + b'"',
    "a text of 9 MB": lambda: b'"' + b"a" * (9 * MEGABYTE) + b'"',
    "a text of 9 MB in Protobuf": lambda: b'option a = "' + b"a" * (9 * MEGABYTE) + b'";',
    "an array of 2 MB": lambda: b"[" + many(b"0", MEGABYTE) + b"]",
    "100,000 objects": lambda: b"{" + many(b'"%d":{}', 100_000) + b"}",
    "one key 200,000 times": lambda: b"{" + many(b'"a":1', 200_000) + b"}",
    "60,000 records": lambda: (
        b"[" + many(b'{"type":"record","name":"R%d","fields":[]}', 60_000) + b"]"
    ),
    "200,000 unknown names": lambda: b"[" + many(b'"x.T%d"', 200_000) + b"]",
    "a $ref to itself": lambda: b'{"$ref":"#"}',
    "$refs in a circle": lambda: (
        b'{"definitions":{"a":{"$ref":"#/definitions/b"},'
        b'"b":{"$ref":"#/definitions/a"}},"$ref":"#/definitions/a"}'
    ),
    "a schema that is all of itself": lambda: b'{"allOf":[{"$ref":"#"},{"$ref":"#"}]}',
    "a schema that is any of itself": lambda: b'{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}',
    "50,000 $refs": lambda: (
        b'{"definitions":{"a":{}},"allOf":[' + many(b'{"$ref":"#/definitions/a"}', 50_000) + b"]}"
    ),
    "an enum of 20,000 values": lambda: b'{"enum":[' + many(b'"value %d"', 20_000) + b"]}",
    "a regex that backtracks": lambda: b'{"pattern":"(a+)+$","enum":["' + b"a" * 50_000 + b'!"]}',
    "a regex that grows": lambda: b'{"pattern":"(a{1000}){1000}","const":"aaa"}',
    "a number of a million digits": lambda: b'{"minimum":' + b"9" * MEGABYTE + b"}",
    "a number without end": lambda: b'{"minimum":1e999999}',
    "a number of the finest steps": lambda: b'{"multipleOf":1e-300,"minimum":' + b"9" * 4000 + b"}",
    "50,000 wrong operations": lambda: API + b"{" + many(b'"/a%d":{"get":{"x":1}}', 50_000) + b"}}",
    "50,000 wrong operations in yaml": lambda: (
        b"openapi: 3.0.0\ninfo: {title: t}\npaths:\n"
        + many(b"  /a%d: {get: {x: 1}}", 50_000, b"\n")
    ),
    "60,000 fields in GraphQL": lambda: b"type A {" + many(b"a%d:Int", 60_000, b" ") + b"}",
    "a million fields in GraphQL": lambda: b"type A {" + b"a:Int " * MEGABYTE + b"}",
    "30,000 messages": lambda: PROTO3 + many(b"message M%d { int32 a = 1; }", 30_000, b""),
    "100,000 messages": lambda: PROTO3 + many(b"message M%d { int32 a = 1; }", 100_000, b""),
    "a million elements": lambda: b"<a>" + b"<b/>" * MEGABYTE + b"</a>",
    "100,000 attributes": lambda: b"<a " + many(b'a%d="1"', 100_000, b" ") + b"/>",
    "5,000 elements in a schema": lambda: (
        XS + many(b'<xs:element name="e%d" type="xs:string"/>', 5_000, b"") + b"</xs:schema>"
    ),
    "sequences that repeat": nested_sequences,
    "a schema that includes itself": lambda: (
        XS + b'<xs:include schemaLocation="document"/></xs:schema>'
    ),
    "10,000 messages in WSDL": lambda: (
        b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/">'
        + many(b'<message name="m%d"/>', 10_000, b"")
        + b"</definitions>"
    ),
    "invalid UTF-8": lambda: b'{"a":"\xc3\x28"}',
    "UTF-16": lambda: '{"type":"string"}'.encode("utf-16"),
    "NULs": lambda: b"\0" * MEGABYTE,
    "a NUL in a text": lambda: b'{"type":"record","name":"R\\u0000","fields":[]}',
    "half a surrogate": lambda: b'{"title":"\\ud800","enum":["\\ud800"],"type":"string"}',
    "nothing": lambda: b"",
}
