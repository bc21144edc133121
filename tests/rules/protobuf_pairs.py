"""Pairs of Protobuf files: before, after, who is broken by Apicurio's rules and by Confluent's.

Sides are named by letters: `b` where the new file does not read the old data, `f` the other way
round, `bf` for both. `shown` is the message and JSON of data by which the runtime shows that the
wire format alone breaks the new reader, `kept` data that it still reads.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Pair:
    reason: str
    before: str
    after: str
    apicurio: str = ""
    confluent: str = ""
    shown: Any = None
    kept: Any = None


def m(fields: str, more: str = "") -> str:
    """A file with a message M of these fields."""
    return f'syntax = "proto3"; message M {{ {fields} }} {more}'


def m2(fields: str) -> str:
    return f'syntax = "proto2"; message M {{ {fields} }}'


def enum(constants: str, field: str = "E e = 1;") -> str:
    return m(field, f"enum E {{ {constants} }}")


def rpc(signature: str) -> str:
    return m("string s = 1;", f"message N {{}} service S {{ {signature} }}")


S, NO, N = "string s = 1;", "int32 i = 2;", "message N { string a = 1; }"

PAIRS = [
    Pair("the same", m(S), m(S), kept={"s": "x"}),
    Pair("only comments differ", m(S), m(f"/* c */ {S}"), kept={"s": "x"}),
    Pair("a field is new", m(S), m(S + NO), kept={"s": "x"}),
    Pair("a field is gone", m(S + NO), m(S), "b", kept={"s": "x", "i": 1}),
    Pair("a field is gone and reserved", m(S + NO), m(f'{S} reserved 2; reserved "i";'),
         kept={"s": "x", "i": 1}),
    Pair("a field is gone, its number reserved", m(S + NO), m(f"{S} reserved 2;"), "b"),
    Pair("a field is gone, its name reserved", m(S + NO), m(f'{S} reserved "i";'), "b"),
    Pair("a field is gone, reserved in a range", m(S + NO),
         m(f'{S} reserved 2 to 9; reserved "i";')),
    Pair("a field is gone, reserved with names and numbers around", m(S + NO),
         m(f'{S} reserved 3, 2, 8 to max; reserved "a", "i", "z";')),
    Pair("a field is renamed", m(S), m("string t = 1;"), "bf", kept={"s": "x"}),
    Pair("a field is renumbered", m(S), m("string s = 2;"), "bf"),
    Pair("two fields change numbers", m(S + NO), m("string s = 2; int32 i = 1;"), "bf", "bf",
         shown={"s": "x"}),
    Pair("two fields change places", m(S + NO), m(NO + S), kept={"s": "x", "i": 1}),
    Pair("a string becomes bytes", m(S), m("bytes s = 1;"), "bf", kept={"s": "x"}),
    Pair("an int32 becomes int64", m(NO), m("int64 i = 2;"), "bf", kept={"i": 5}),
    Pair("an int32 becomes uint32", m(NO), m("uint32 i = 2;"), "bf", kept={"i": 5}),
    Pair("an int32 becomes bool", m(NO), m("bool i = 2;"), "bf", kept={"i": 1}),
    Pair("an int32 becomes sint32", m(NO), m("sint32 i = 2;"), "bf", "bf", shown={"i": 5}),
    Pair("an int32 becomes fixed32", m(NO), m("fixed32 i = 2;"), "bf", "bf", shown={"i": 5}),
    Pair("an int32 becomes string", m(NO), m("string i = 2;"), "bf", "bf", shown={"i": 5}),
    Pair("a float becomes double", m("float f = 1;"), m("double f = 1;"), "bf", "bf",
         shown={"f": 1.5}),
    Pair("a fixed32 becomes sfixed32", m("fixed32 f = 1;"), m("sfixed32 f = 1;"), "bf",
         kept={"f": 5}),
    Pair("a fixed32 becomes float", m("fixed32 f = 1;"), m("float f = 1;"), "bf", "bf",
         shown={"f": 5}),
    Pair("a sint32 becomes sint64", m("sint32 f = 1;"), m("sint64 f = 1;"), "bf", kept={"f": -5}),
    Pair("a fixed64 becomes sfixed64", m("fixed64 f = 1;"), m("sfixed64 f = 1;"), "bf",
         kept={"f": "5"}),
    Pair("a string becomes repeated", m(S), m("repeated string s = 1;"), "bf", kept={"s": "x"}),
    Pair("a repeated string becomes one", m("repeated string s = 1;"), m(S), "bf",
         kept={"s": ["x"]}),
    Pair("a repeated message becomes one", m("repeated N n = 1;", N), m("N n = 1;", N), "bf",
         kept={"n": [{"a": "x"}]}),
    Pair("an int32 becomes repeated", m(NO), m("repeated int32 i = 2;"), "bf", "bf"),
    Pair("a repeated int32 becomes one", m("repeated int32 i = 2;"), m(NO), "bf", "bf",
         shown={"i": [5, 6]}),
    Pair("a repeated enum becomes one", enum("A = 0; B = 1;", "repeated E e = 1;"),
         enum("A = 0; B = 1;"), "bf", "bf", shown={"e": ["B", "A"]}),
    Pair("a field becomes optional", m(S), m("optional string s = 1;"), kept={"s": "x"}),
    Pair("a message type changes", m("N n = 1;", "message N { string a = 1; } message O {}"),
         m("O n = 1;", "message N { string a = 1; } message O {}"), "bf", "bf"),
    Pair("a message becomes a string", m("N n = 1;", "message N { int32 a = 1; }"),
         m("string n = 1;", "message N { int32 a = 1; }"), "bf", "bf"),
    Pair("a message is new", m(S), m(S, "message N { string a = 1; }"), "", "f"),
    Pair("a message with a required field is new", m2(""),
         f"{m2('')} message N {{ required int32 a = 1; }}", "", "f"),
    Pair("an inner message is gone", m(f"{S} message N {{ string a = 1; }}"), m(S), "b", "b"),
    Pair("a message is gone", m(S, "message N { string a = 1; }"), m(S), "b", "b"),
    Pair("an empty message is gone", m(S, "message N {}"), m(S), "", "b"),
    Pair("an inner message gains a field", m("N n = 1; message N { string a = 1; }"),
         m("N n = 1; message N { string a = 1; string b = 2; }"),
         kept={"n": {"a": "x"}}),
    Pair("an inner message loses a field", m("N n = 1; message N { string a = 1; string b = 2; }"),
         m("N n = 1; message N { string a = 1; }"), "b", kept={"n": {"a": "x"}}),
    Pair("an inner message loses a field and reserves it",
         m("N n = 1; message N { string a = 1; string b = 2; }"),
         m('N n = 1; message N { string a = 1; reserved 2; reserved "b"; }'),
         kept={"n": {"a": "x"}}),
    Pair("an inner message's field changes", m("N n = 1; message N { string a = 1; }"),
         m("N n = 1; message N { int32 a = 1; }"), "bf", "bf", shown={"n": {"a": "x"}}),
    Pair("a message is written inside another", m("N n = 1;", "message N { string a = 1; }"),
         m("N n = 1; message N { string a = 1; }"), "bf", "bf"),
    Pair("an enum gains a constant", enum("A = 0;"), enum("A = 0; B = 1;"), kept={"e": "A"}),
    Pair("an enum loses a constant", enum("A = 0; B = 1;"), enum("A = 0;"), "b", kept={"e": "B"}),
    Pair("an enum loses a constant and reserves it", enum("A = 0; B = 1;"),
         enum('A = 0; reserved 1; reserved "B";'), kept={"e": "B"}),
    Pair("an enum loses a constant and reserves its number", enum("A = 0; B = 1;"),
         enum("A = 0; reserved 1;"), "b"),
    Pair("an enum loses a negative constant and reserves it", enum("A = 0; B = -1;"),
         enum('A = 0; reserved -9 to -1; reserved "B";')),
    Pair("an enum uses a reserved number", enum("A = 0; reserved 1 to max;"),
         enum("A = 0; B = 1; reserved 2 to max;"), "b"),
    Pair("an enum uses a reserved name", enum('A = 0; reserved "B";'), enum("A = 0; B = 1;"), "b"),
    Pair("an enum reserves less", enum('A = 0; reserved 1 to 5; reserved "B";'),
         enum("A = 0; reserved 1 to 4;"), "b"),
    Pair("an enum's constant is renamed", enum("A = 0; B = 1;"), enum("A = 0; C = 1;"), "bf",
         kept={"e": "B"}),
    Pair("an enum's constant is renumbered", enum("A = 0; B = 1;"), enum("A = 0; B = 2;"), "bf"),
    Pair("an enum gains an alias", enum("A = 0; B = 1;"),
         enum("option allow_alias = true; A = 0; B = 1; C = 1;"), kept={"e": "B"}),
    Pair("an enum loses an alias", enum("option allow_alias = true; A = 0; B = 1; C = 1;"),
         enum("A = 0; B = 1;"), "b", kept={"e": "B"}),
    Pair("an enum loses an alias and reserves its name",
         enum("option allow_alias = true; A = 0; B = 1; C = 1;"),
         enum('A = 0; B = 1; reserved "C";'), kept={"e": "B"}),
    Pair("a field has another enum", f"{enum('A = 0; B = 1;')} enum F {{ C = 0; D = 1; }}",
         f"{enum('A = 0; B = 1;', 'F e = 1;')} enum F {{ C = 0; D = 1; }}", "bf"),
    Pair("an enum becomes an int32", enum("A = 0; B = 1;"), enum("A = 0; B = 1;", "int32 e = 1;"),
         "bf", kept={"e": "B"}),
    Pair("an enum is gone", enum("A = 0;", S), m(S), "b", ""),
    Pair("reserved numbers grow", m(f"{S} reserved 5;"), m(f"{S} reserved 5 to 9;")),
    Pair("reserved numbers shrink", m(f"{S} reserved 5 to 9;"), m(f"{S} reserved 5;"), "b"),
    Pair("reserved ranges are joined", m(f"{S} reserved 5, 6, 7 to 9;"),
         m(f"{S} reserved 5 to 9;")),
    Pair("a reserved name goes", m(f'{S} reserved "old";'), m(S), "b"),
    Pair("a reserved number is used", m(f"{S} reserved 2;"), m(f"{S} {NO} reserved 3;"), "b"),
    Pair("a reserved name is used", m(f'{S} reserved "i";'), m(S + NO), "b"),
    Pair("a required field is new", m2("optional string s = 1;"),
         m2("optional string s = 1; required int32 i = 2;"), "b", "bf", shown={"s": "x"}),
    Pair("a required field is gone", m2("optional string s = 1; required int32 i = 2;"),
         m2("optional string s = 1;"), "bf", "bf"),
    Pair("a required field is gone and reserved",
         m2("optional string s = 1; required int32 i = 2;"),
         m2('optional string s = 1; reserved 2; reserved "i";'), "f", "bf"),
    Pair("a required field becomes optional", m2("required string s = 1;"),
         m2("optional string s = 1;"), "bf", "bf"),
    Pair("an optional field becomes required", m2("optional string s = 1;"),
         m2("required string s = 1;"), "bf", "bf", shown={}),
    Pair("a default changes", m2("optional int32 i = 1 [default = 1];"),
         m2("optional int32 i = 1 [default = 2];"), kept={"i": 3}),
    Pair("the package changes", 'syntax = "proto3"; package a; message M { string s = 1; }',
         'syntax = "proto3"; package b; message M { string s = 1; }', "", "bf"),
    Pair("a package is new", m(S), 'syntax = "proto3"; package b; message M { string s = 1; }', "",
         "bf"),
    Pair("the syntax changes", m2("optional string s = 1; repeated string t = 2;"),
         m("optional string s = 1; repeated string t = 2;"), kept={"s": "x", "t": ["y", "z"]}),
    Pair("a service is new", m(S, "message N {}"), rpc("rpc Do (M) returns (N);")),
    Pair("a service is gone", rpc("rpc Do (M) returns (N);"), m(S, "message N {}"), "b"),
    Pair("an rpc is new", rpc("rpc Do (M) returns (N);"),
         rpc("rpc Do (M) returns (N); rpc No (M) returns (N);")),
    Pair("an rpc is gone", rpc("rpc Do (M) returns (N); rpc No (M) returns (N);"),
         rpc("rpc Do (M) returns (N);"), "b"),
    Pair("an rpc takes something else", rpc("rpc Do (M) returns (N);"),
         rpc("rpc Do (N) returns (N);"), "bf"),
    Pair("an rpc gives something else", rpc("rpc Do (M) returns (N);"),
         rpc("rpc Do (M) returns (M);"), "bf"),
    Pair("an rpc becomes a stream", rpc("rpc Do (M) returns (N);"),
         rpc("rpc Do (M) returns (stream N);"), "bf"),
    Pair("an option changes", m(f'option deprecated = false; {S}'),
         m(f"option deprecated = true; {S}"), kept={"s": "x"}),
]  # fmt: skip
