"""Protobuf files whose imports differ: what fields lead to is compared, wherever it is."""

from dataclasses import dataclass

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document, Incompatibility, Severity


@dataclass(frozen=True)
class Pair:
    """Two versions with their imports by name; letters are those of `protobuf_pairs`."""

    reason: str
    before: tuple[str, dict[str, str]]
    after: tuple[str, dict[str, str]]
    apicurio: str = ""
    confluent: str = ""


def importing(fields: str, *names: str, more: str = "") -> str:
    imports = " ".join(f'import "{name}.proto";' for name in names)
    return f'syntax = "proto3"; package a; {imports} message M {{ {fields} }} {more}'


def file(content: str, package: str = "x") -> str:
    return f'syntax = "proto3"; package {package}; {content}'


def changed(reason: str, fields: str, before: str, after: str, *sides: str) -> Pair:
    """The same content, and one import that changed."""
    content = importing(fields, "n")
    versions = (content, {"n": file(before)}), (content, {"n": file(after)})
    return Pair(reason, *versions, *sides)


FIELD = "x.N n = 1;"
N, LONGER = "message N { string a = 1; }", "message N { string a = 1; int32 b = 2; }"
OTHER = "message N { int32 a = 1; }"
ENUM, LESS = "enum E { A = 0; B = 1; }", "enum E { A = 0; }"
VIA = 'syntax = "proto3"; package y; import "n.proto"; message V { x.N n = 1; }'

PAIRS = [
    changed("nothing changes", FIELD, N, N),
    changed("a field changes its type", FIELD, N, OTHER, "bf", "bf"),
    changed("a field is new", FIELD, N, LONGER),
    changed("a field is gone", FIELD, LONGER, N, "b"),
    changed("a field is gone and reserved", FIELD, LONGER,
            'message N { string a = 1; reserved 2; reserved "b"; }'),
    changed("a field moves into a oneof", FIELD, LONGER,
            "message N { oneof o { string a = 1; int32 b = 2; } }", "b", "b"),
    changed("a message that nobody uses changes", FIELD, f"{N} message O {{ string a = 1; }}",
            f"{N} message O {{ int32 a = 1; }}"),
    changed("a message within changes", FIELD, "message N { I i = 1; message I { string a = 1; } }",
            "message N { I i = 1; message I { int32 a = 1; } }", "bf", "bf"),
    changed("a message that has itself changes", FIELD, "message N { N n = 1; string a = 2; }",
            "message N { N n = 1; int32 a = 2; }", "bf", "bf"),
    changed("a map's message changes", "map<string, x.N> n = 1;", N, OTHER, "bf", "bf"),
    changed("an import's map changes", FIELD, "message N { map<string, O> o = 1; }"
            " message O { string a = 1; }", "message N { map<string, O> o = 1; }"
            " message O { int32 a = 1; }", "bf", "bf"),
    changed("a message of a oneof changes", f"oneof o {{ {FIELD} }}", N, OTHER, "bf", "bf"),
    changed("an enum loses a constant", "x.E e = 1;", ENUM, LESS, "b"),
    changed("an enum gains a constant", "x.E e = 1;", LESS, ENUM),
    Pair("a method's message changes",
         (importing("string s = 1;", "n", more="service S { rpc Do (M) returns (x.N); }"),
          {"n": file(N)}),
         (importing("string s = 1;", "n", more="service S { rpc Do (M) returns (x.N); }"),
          {"n": file(OTHER)}), "bf"),
    Pair("an import's import changes", (importing("y.V v = 1;", "v"), {"v": VIA, "n": file(N)}),
         (importing("y.V v = 1;", "v"), {"v": VIA, "n": file(OTHER)}), "bf", "bf"),
    Pair("a message comes from another file", (importing(FIELD, "n"), {"n": file(N)}),
         (importing(FIELD, "o"), {"o": file(N)})),
    Pair("a message comes from another file and is another one",
         (importing(FIELD, "n"), {"n": file(N)}), (importing(FIELD, "o"), {"o": file(OTHER)}),
         "bf", "bf"),
    Pair("a message comes from another package", (importing(FIELD, "n"), {"n": file(N)}),
         (importing("z.N n = 1;", "n"), {"n": file(N, "z")}), "bf"),
    Pair("a message comes from another package and is another one",
         (importing(FIELD, "n"), {"n": file(N)}),
         (importing("z.N n = 1;", "n"), {"n": file(OTHER, "z")}), "bf", "bf"),
    Pair("a field has another message of the import", (importing(FIELD, "n"), {"n": file(N)}),
         (importing("x.O n = 1;", "n"), {"n": file("message O { string a = 1; }")}), "bf", "bf"),
    Pair("an int32 becomes an import's enum", (importing("int32 e = 1;", "n"), {"n": file(ENUM)}),
         (importing("x.E e = 1;", "n"), {"n": file(ENUM)}), "bf"),
    Pair("a message moves to an import of the package", (importing("N n = 1;", more=N), {}),
         (importing("N n = 1;", "n"), {"n": file(N, "a")}), "b", "b"),
    Pair("a message moves to an import, and is another one", (importing("N n = 1;", more=N), {}),
         (importing("N n = 1;", "n"), {"n": file(OTHER, "a")}), "bf", "bf"),
    Pair("an import is public", (importing(FIELD, "n"), {"n": file(N)}),
         (importing(FIELD, "p"), {"p": 'syntax = "proto3"; import public "n.proto";',
                                  "n": file(OTHER)}), "bf", "bf"),
    Pair("a file of protoc is imported", (importing("google.protobuf.Timestamp t = 1;",
                                                    "google/protobuf/timestamp"), {}),
         (importing("google.protobuf.Timestamp t = 1;", "google/protobuf/timestamp"), {})),
]  # fmt: skip


def document(version: tuple[str, dict[str, str]]) -> Document:
    content, imports = version
    return Document(
        content.encode(), {f"{name}.proto": each.encode() for name, each in imports.items()}
    )


def breaks(pair: Pair, direction: Direction, *, by_wire: bool = False) -> list[Incompatibility]:
    checks = get_artifact_type("PROTOBUF").load_checks()
    compare = checks.wire_incompatibilities if by_wire else checks.incompatibilities
    assert compare is not None
    result = compare(document(pair.before), document(pair.after), direction)
    return [each for each in result if each.severity is Severity.ERROR]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_imports_are_looked_into(pair: Pair) -> None:
    for by_wire, sides in ((False, pair.apicurio), (True, pair.confluent)):
        backward, forward = (breaks(pair, each, by_wire=by_wire) for each in Direction)
        assert (bool(backward), bool(forward)) == ("b" in sides, "f" in sides)


def test_a_change_in_an_import_is_reported_by_its_path_without_a_line() -> None:
    pair = changed("", FIELD, f"\n{LONGER}", f"\n{OTHER}")
    typed, gone = breaks(pair, Direction.BACKWARD)
    assert (typed.message, typed.path) == ("The type of N.a was string and is int32", "N.a")
    assert gone.why.endswith('add `reserved 2; reserved "b";` to the message N in n.proto')
    assert {typed.line, gone.line} == {0}


@pytest.mark.parametrize("by_wire", [False, True])
def test_a_version_whose_import_is_missing_is_named(by_wire: bool) -> None:
    content = importing(FIELD, "n")
    whole: tuple[str, dict[str, str]] = (content, {"n": file(N)})
    without: tuple[str, dict[str, str]] = (content, {})
    for direction in Direction:
        (newer,) = breaks(Pair("", whole, without), direction, by_wire=by_wire)
        assert newer.message == "The newer version does not compile: File not found"
        assert (newer.path, newer.line, newer.is_in_older) == ("n.proto", 0, False)
        (older,) = breaks(Pair("", without, whole), direction, by_wire=by_wire)
        assert older.message == "The older version does not compile: File not found"
        assert older.is_in_older
        assert "disable that version" in older.why
