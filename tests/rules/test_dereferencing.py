"""References written into contents, so that the result stands alone and means the same."""

import json
from typing import Any

import jsonschema
import pytest

from registry.artifact_types import DereferenceError, dereference, get_artifact_type
from registry.artifact_types.checks import Document
from registry.artifact_types.protobuf.compiling import CompiledFile, compile_document
from tests.rules.referenced import referenced


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def alone(kind: str, content: Any, **references: Any) -> Any:
    """The dereferenced JSON, which is valid without any reference."""
    known = {name: encoded(each) for name, each in references.items()}
    result = dereference(kind, encoded(content), referenced(kind, known))
    assert get_artifact_type(kind).load_checks().violations(Document(result)) == []
    checks = get_artifact_type(kind).load_checks()
    assert checks.unresolved_references is not None
    assert checks.unresolved_references(Document(result), ()) == []
    return json.loads(result)


INT = {"type": "integer"}


def test_a_json_schema_takes_in_what_it_refers_to_at_any_depth() -> None:
    whole = alone(
        "JSON",
        {"properties": {"a": {"$ref": "a.json#/definitions/x"}}, "definitions": {"own": INT}},
        **{
            "b.json": {"definitions": {"y": INT}, "$id": "http://x.example/b.json"},
            "a.json": {
                "definitions": {
                    "x": {"items": {"$ref": "b.json#/definitions/y"}},
                    "z": {"$ref": "#/definitions/x"},
                }
            },
        },
    )
    assert set(whole["definitions"]) == {"own", "a.json", "b.json"}
    checking = jsonschema.Draft7Validator(whole)
    assert checking.is_valid({"a": [1]})
    assert not checking.is_valid({"a": ["x"]})


def test_a_newer_draft_has_other_definitions_and_addresses_are_followed() -> None:
    dialect = "https://json-schema.org/draft/2020-12/schema"
    whole = alone(
        "JSON",
        {"$schema": dialect, "$ref": "http://x.example/b.json#/$defs/y"},
        b={"$id": "http://x.example/b.json", "$defs": {"y": {"$ref": "b#/$defs/z"}, "z": INT}},
    )
    assert set(whole["$defs"]) == {"b"}
    assert not jsonschema.Draft202012Validator(whole).is_valid("x")


def test_schemas_that_refer_to_each_other_end() -> None:
    whole = alone(
        "JSON",
        {"$ref": "a.json"},
        **{
            "a.json": {"properties": {"b": {"$ref": "b.json"}}},
            "b.json": {"properties": {"a": {"$ref": "a.json"}, "n": INT}},
        },
    )
    assert not jsonschema.Draft7Validator(whole).is_valid({"b": {"a": {"b": {"n": "x"}}}})


def test_names_that_are_alike_stay_apart() -> None:
    whole = alone(
        "JSON",
        {"allOf": [{"$ref": "./a b.json"}, {"$ref": "a/b.json"}], "definitions": {"a_b.json": {}}},
        **{"./a b.json": {"title": "one"}, "a/b.json": {"title": "other"}},
    )
    titles = {each.get("title") for each in whole["definitions"].values()}
    assert titles == {"one", "other", None}


def test_an_openapi_document_takes_in_schemas_and_paths() -> None:
    whole = alone(
        "OPENAPI",
        {
            "openapi": "3.0.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"$ref": "paths.json#/a"}},
            "components": {"schemas": {"A": {"$ref": "types.json#/A"}}},
        },
        **{
            "types.json": {"A": INT},
            "paths.json": {"a": {"get": {"responses": {"200": {"description": "d"}}}}},
        },
    )
    assert whole["components"]["schemas"]["A"] == {"$ref": "#/x-references/types.json/A"}
    assert set(whole["x-references"]) == {"types.json", "paths.json"}


def test_an_asyncapi_document_in_yaml_becomes_json() -> None:
    content = b"""
asyncapi: 2.6.0
info: {title: t, version: '1'}
channels:
  a: {publish: {message: {payload: {$ref: 'user.json#/definitions/user'}}}}
"""
    user = {"user.json": encoded({"definitions": {"user": INT}})}
    result = dereference("ASYNCAPI", content, referenced("JSON", user))
    assert get_artifact_type("ASYNCAPI").load_checks().violations(Document(result)) == []
    whole = json.loads(result)
    assert whole["x-references"]["user.json"]["definitions"]["user"] == INT


PROTO_A = """syntax = "proto3";
package com.acme.orders;
import "types.proto";
import "same.proto";
import "google/protobuf/any.proto";
// An order.
message Order {
  com.acme.types.Money total = 1;
  map<string, Line> lines = 2;
  google.protobuf.Any more = 3;
  oneof how { com.acme.types.Money.Currency currency = 4; Kind kind = 5; }
}
service Orders { rpc Get (com.acme.types.Money) returns (stream com.acme.orders.Order); }
"""
TYPES = """syntax = "proto3";
package com.acme.types;
import public "deep.proto";
message Money {
  int64 cents = 1;
  Currency currency = 2;
  enum Currency { EUR = 0; }
  deep.Deep d = 3;
}
"""
SAME = """syntax = "proto3";
package com.acme.orders;
enum Kind { NONE = 0; }
message Line { .com.acme.types.Money price = 1; }
"""
DEEP = 'syntax = "proto3"; package deep; message Deep { repeated Deep inner = 1; }'
IMPORTS = {"deep.proto": DEEP, "types.proto": TYPES, "same.proto": SAME}


def test_a_protobuf_file_takes_in_its_imports() -> None:
    known = {name: text.encode() for name, text in IMPORTS.items()}
    result = dereference("PROTOBUF", PROTO_A.encode(), referenced("PROTOBUF", known))
    compiled = compile_document(Document(result))
    assert isinstance(compiled, CompiledFile), (compiled, result.decode())
    assert list(compiled.file.dependency) == ["google/protobuf/any.proto"]
    order = compiled.file.message_type[0]
    assert {each.name: each.type_name for each in order.field} == {
        "total": ".com.acme.orders.com.acme.types.Money",
        "lines": ".com.acme.orders.Order.LinesEntry",
        "more": ".google.protobuf.Any",
        "currency": ".com.acme.orders.com.acme.types.Money.Currency",
        "kind": ".com.acme.orders.Kind",
    }
    assert b"// An order." in result
    assert {each.name for each in compiled.file.message_type} == {"Order", "Line", "com", "deep"}


def test_options_that_an_import_defines_move_with_it() -> None:
    options = (
        'syntax = "proto3"; package opts; import "google/protobuf/descriptor.proto";'
        "extend google.protobuf.FieldOptions { string unit = 50000; }"
    )
    content = (
        'syntax = "proto3"; package p; import "opts.proto";'
        'message M { int32 a = 1 [(opts.unit) = "m"]; }'
    )
    known = referenced("PROTOBUF", {"opts.proto": options.encode()})
    result = dereference("PROTOBUF", content.encode(), known)
    assert isinstance(compile_document(Document(result)), CompiledFile), result.decode()


SYNTAXES = {
    "proto2": 'syntax = "proto2";',
    "proto3": 'syntax = "proto3";',
    "e": 'edition = "2023";',
}
PACKAGES = ("", "p", "com", "com.acme.a", "com.acme.b", "com.acme.a.inner")


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("imported", PACKAGES)
@pytest.mark.parametrize("package", PACKAGES)
def test_a_protobuf_file_compiles_whatever_the_packages_are(
    syntax: str, package: str, imported: str
) -> None:
    label = "optional " if syntax == "proto2" else ""
    begin, own = SYNTAXES[syntax], f"package {package};" if package else ""
    theirs = f"package {imported};" if imported else ""
    scope, relative = (f".{imported}.", f"{imported}.") if imported else (".", "")
    root = f"""{begin} {own} import "t.proto";
    message Order {{
      {label}{scope}M m = 1; {label}{relative}E e = 2;
      oneof o {{ {scope}M.N n = 3; }} map<string, {scope}M> mm = 4;
      enum X {{ X0 = 0; }}
    }}
    service S {{ rpc Get({scope}M) returns (stream Order); }}"""
    types = f"""{begin} {theirs} import public "u.proto";
    enum E {{ E_ZERO = 0; }}
    message M {{
      {label}string a = 1 [deprecated = true]; {label}N n = 2;
      message N {{ {label}E e = 1; {label}M m = 2; {label}U u = 3; }}
    }}"""
    known = {
        "t.proto": types.encode(),
        "u.proto": f"{begin} {theirs} message U {{ {label}int32 u = 1; }}".encode(),
    }
    before = compile_document(Document(root.encode(), known))
    assert isinstance(before, CompiledFile)
    result = dereference("PROTOBUF", root.encode(), referenced("PROTOBUF", known))
    after = compile_document(Document(result))
    assert isinstance(after, CompiledFile), (after, result.decode())
    assert not after.file.dependency
    shapes = [
        [
            (field.name, field.number, field.type, field.label)
            for field in file.message_type[0].field
        ]
        for file in (before.file, after.file)
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(
    ("own", "imported", "twice"),
    [
        ("enum deep { A = 0; }", "message T {}", "p.deep"),
        ("service deep {}", "message T {}", "p.deep"),
        ("enum E { deep = 0; }", "message T {}", "p.deep"),
        ("extend M { optional int32 deep = 5; }", "message T {}", "p.deep"),
        ("message deep { optional int32 T = 1; }", "message T {}", "p.deep.T"),
        ("message deep { oneof T { int32 a = 1; } }", "message T {}", "p.deep.T"),
        ("message deep { optional group Of = 1 {} }", "enum of { B = 0; }", "p.deep.of"),
    ],
)
def test_names_that_a_protobuf_file_has_already_are_told(
    own: str, imported: str, twice: str
) -> None:
    root = f'package p; import "t.proto"; message M {{ extensions 5; }} {own}'.encode()
    known = {"t.proto": f"package deep; {imported}".encode()}
    assert isinstance(compile_document(Document(root, known)), CompiledFile)
    with pytest.raises(DereferenceError, match=f"'{twice}' would be there twice"):
        dereference("PROTOBUF", root, referenced("PROTOBUF", known))


def test_features_of_one_protobuf_file_do_not_become_those_of_another() -> None:
    begin, features = 'edition = "2023";', "option features.field_presence = IMPLICIT;"
    root = f'{begin} package p; import "t.proto"; {features} message M {{ int32 a = 1; }}'.encode()
    same = {"t.proto": f"{begin} {features} message T {{ int32 b = 2; }}".encode()}
    other = {"t.proto": f"{begin} message T {{ int32 b = 2; }}".encode()}
    result = dereference("PROTOBUF", root, referenced("PROTOBUF", same))
    assert isinstance(compile_document(Document(result)), CompiledFile)
    with pytest.raises(DereferenceError, match="the features of 't\\.proto' are others"):
        dereference("PROTOBUF", root, referenced("PROTOBUF", other))


@pytest.mark.parametrize(
    ("kind", "content", "references", "reason"),
    [
        ("JSON", b"{", {}, "not JSON"),
        ("JSON", b'{"$ref":"gone.json"}', {}, "nothing is known of 'gone.json'"),
        ("JSON", b'{"definitions":[],"$ref":"a"}', {"a": b"{}"}, "/definitions is no object"),
        ("OPENAPI", b"\xff", {}, "not UTF-8: its byte 0 is 0xFF"),
        ("PROTOBUF", b"message {", {}, "the schema is no Protobuf"),
        ("PROTOBUF", b'import "a.proto";', {}, "nothing is known of 'a.proto'"),
        ("PROTOBUF", b'import "a.proto";', {"a.proto": b"{"}, "'a.proto' is no Protobuf"),
        (
            "PROTOBUF",
            b'syntax = "proto3"; import "a.proto";',
            {"a.proto": b"message A {}"},
            "'a.proto' is proto2 and the schema proto3",
        ),
        (
            "PROTOBUF",
            b'import "a.proto"; message a {}',
            {"a.proto": b"message a {}"},
            "'a' would be there twice",
        ),
    ],
)
def test_a_failed_dereferencing_says_why(
    kind: str, content: bytes, references: dict[str, bytes], reason: str
) -> None:
    with pytest.raises(DereferenceError, match=reason):
        dereference(kind, content, referenced(kind, references))


@pytest.mark.parametrize("count", [400, pytest.param(1000, marks=pytest.mark.soak)])
def test_many_references_deep_and_wide_are_written_out(count: int) -> None:
    deep = {f"d{at}": {"properties": {"x": {"$ref": f"d{at - 1}"}}} for at in range(1, count)}
    whole = json.loads(
        dereference(
            "JSON",
            encoded({"$ref": f"d{count - 1}"}),
            referenced("JSON", {name: encoded(each) for name, each in {"d0": INT, **deep}.items()}),
        )
    )
    assert len(whole["definitions"]) == count
    wide = {f"w{at}.proto": f"package p; message W{at} {{}}".encode() for at in range(count)}
    imports = "".join(f'import "{name}";' for name in wide)
    result = dereference("PROTOBUF", f"package p; {imports}".encode(), referenced("PROTOBUF", wide))
    assert result.count(b"message ") == count
