"""Pairs of Protobuf files about oneofs, maps, groups, editions, extensions and names in JSON."""

from tests.rules.protobuf_pairs import NO, Pair, S, m, m2


def one(*fields: str, name: str = "o") -> str:
    return f"oneof {name} {{ {' '.join(fields)} }}"


def edition(fields: str, options: str = "") -> str:
    return f'edition = "2023"; {options} message M {{ {fields} }}'


def extended(extensions: str, ranges: str = "extensions 100 to 199;") -> str:
    return f"{m2(f'optional string s = 1; {ranges}')} extend M {{ {extensions} }}"


D = "bool d = 3;"
GROUP = "optional group G = 1 { optional int32 a = 1; }"
G = "message G { int32 a = 1; }"
DELIMITED = "[features.message_encoding = DELIMITED]"
REQUIRED = "[features.field_presence = LEGACY_REQUIRED]"
X = "optional string x = 100;"

PAIRS_OF_ONEOFS = [
    Pair("a oneof is new around one field", m(S), m(one(S)), kept={"s": "x"}),
    Pair("a oneof is new around two fields", m(S + NO), m(one(S, NO)), "b", "b",
         shown={"s": "x", "i": 1}),
    Pair("a oneof is new around an old and a new field", m(S), m(one(S, NO)), kept={"s": "x"}),
    Pair("a field moves into a oneof", m(S + one(NO)), m(one(NO, S)), "b", "bf",
         shown={"s": "x", "i": 1}),
    Pair("a field moves out of a oneof", m(one(S, NO)), m(one(S) + NO), "f", "bf"),
    Pair("a field moves from one oneof to another", m(one(S, NO) + one(D, name="p")),
         m(one(S) + one(NO, D, name="p")), "bf", "bf", shown={"i": 1, "d": True}),
    Pair("one oneof takes another one's field", m(one(S) + one(NO, name="p")), m(one(S, NO)), "b",
         "bf", shown={"s": "x", "i": 1}),
    Pair("two oneofs are merged into a third", m(one(S) + one(NO, name="p")),
         m(one(S, NO, name="q")), "b", "b", shown={"s": "x", "i": 1}),
    Pair("a oneof is split", m(one(S, NO)), m(one(S) + one(NO, name="p")), "f", "bf"),
    Pair("a oneof is split into two others", m(one(S, NO)),
         m(one(S, name="p") + one(NO, name="q")), "f", "f", kept={"i": 1}),
    Pair("a oneof is renamed", m(one(S, NO)), m(one(S, NO, name="p")), kept={"i": 1}),
    Pair("a oneof is renamed and takes a field", m(S + one(NO)), m(one(S, NO, name="p")), "b", "b",
         shown={"s": "x", "i": 1}),
    Pair("two oneofs change their names", m(one(S, NO) + one(D, name="p")),
         m(one(S, NO, name="p") + one(D)), "", "bf"),
    Pair("a oneof is dissolved", m(one(S, NO)), m(S + NO), "f", "f", kept={"i": 1}),
    Pair("a oneof gains a field", m(one(S)), m(one(S, NO)), "", "f", kept={"s": "x"}),
    Pair("a oneof loses a field", m(one(S, NO)), m(one(S)), "b", "b"),
    Pair("a oneof loses a field and reserves it", m(one(S, NO)),
         m(f'{one(S)} reserved 2; reserved "i";'), "", "b"),
    Pair("a oneof is renamed and loses a field", m(one(S, NO)),
         m(f'{one(S, name="p")} reserved 2; reserved "i";'), "", "b"),
    Pair("a oneof is renamed and gains a field", m(one(S)), m(one(S, NO, name="p")), "", "f",
         kept={"s": "x"}),
    Pair("a oneof is gone with its fields", m(one(S, NO) + D),
         m(f'{D} reserved 1, 2; reserved "s", "i";'), kept={"d": True, "i": 1}),
    Pair("a field of a oneof changes its type", m(one(S, NO)), m(one(S, "string i = 2;")), "bf",
         "bf", shown={"i": 1}),
    Pair("a field changes its type on its way out of a oneof", m(one(S)), m("int32 s = 1;"), "bf",
         "bf", shown={"s": "x"}),
    Pair("a field of an inner message moves into a oneof",
         m(f"N n = 1; message N {{ {S} {one(NO)} }}"), m(f"N n = 1; message N {{ {one(NO, S)} }}"),
         "b", "bf", shown={"n": {"s": "x", "i": 1}}),
    Pair("an optional field is not in a oneof", m(f"optional {S} optional {NO}"), m(S + NO),
         kept={"s": "x", "i": 1}),
]  # fmt: skip

PAIRS_OF_MAPS = [
    Pair("a map's values change", m("map<string, int32> m = 1;"), m("map<string, string> m = 1;"),
         "bf", "bf", shown={"m": {"a": 1}}),
    Pair("a map's keys change", m("map<string, int32> m = 1;"), m("map<int32, int32> m = 1;"),
         "bf", "bf", shown={"m": {"a": 1}}),
    Pair("a map's values become int64", m("map<string, int32> m = 1;"),
         m("map<string, int64> m = 1;"), "bf", kept={"m": {"a": 1}}),
    Pair("a map's keys become uint32", m("map<int32, bool> m = 1;"), m("map<uint32, bool> m = 1;"),
         "bf", kept={"m": {"1": True}}),
    Pair("a map's values become an enum", m("map<string, int32> m = 1;"),
         m("map<string, E> m = 1;", "enum E { A = 0; B = 1; }"), "bf", kept={"m": {"a": 1}}),
    Pair("a map's message changes", m("map<string, N> m = 1; message N { string a = 1; }"),
         m("map<string, N> m = 1; message N { int32 a = 1; }"), "bf", "bf",
         shown={"m": {"k": {"a": "x"}}}),
    Pair("a map has another message", m("map<string, N> m = 1; message N {} message O {}"),
         m("map<string, O> m = 1; message N {} message O {}"), "bf", "bf"),
    Pair("a map becomes its entries", m("map<string, int32> m = 1;"),
         m("repeated N m = 1; message N { string key = 1; int32 value = 2; }"), "bf", "bf"),
    Pair("a map stays", m("map<string, int32> m = 1;"), m("map<string, int32> m = 1;"),
         kept={"m": {"a": 1}}),
    Pair("a map becomes a field", m("map<string, int32> m = 1;"), m("string m = 1;"), "bf", "bf"),
    Pair("a map is gone and reserved", m(f"{S} map<string, int32> m = 2;"),
         m(f'{S} reserved 2; reserved "m";'), kept={"s": "x"}),
]  # fmt: skip

PAIRS_OF_GROUPS = [
    Pair("a group becomes a message", m2(GROUP),
         m2("optional G g = 1; message G { optional int32 a = 1; }"), "bf", "bf",
         shown={"g": {"a": 1}}),
    Pair("a group gains a field", m2(GROUP),
         m2("optional group G = 1 { optional int32 a = 1; optional int32 b = 2; }"),
         kept={"g": {"a": 1}}),
    Pair("a group's field changes", m2(GROUP),
         m2("optional group G = 1 { optional string a = 1; }"), "bf", "bf",
         shown={"g": {"a": 1}}),
    Pair("a group is new", m2("optional string s = 2;"), m2(f"{GROUP} optional string s = 2;"),
         kept={"s": "x"}),
    Pair("a group is gone", m2(f"{GROUP} optional string s = 2;"), m2("optional string s = 2;"),
         "b", kept={"s": "x"}),
    Pair("a group is gone and reserved",
         m2("optional group G = 1 { optional I i = 1; message I { optional E e = 1; }"
            " enum E { A = 0; } } optional string s = 2;"),
         m2('optional string s = 2; reserved 1; reserved "g";'), kept={"s": "x"}),
    Pair("a group is written as an edition has it", m2(GROUP), edition(f"G g = 1 {DELIMITED}; {G}"),
         kept={"g": {"a": 1}}),
    Pair("an edition delimits a message", edition(f"G g = 1; {G}"),
         edition(f"G g = 1 {DELIMITED}; {G}"), "bf", "bf", shown={"g": {"a": 1}}),
    Pair("an edition delimits all messages", edition(f"G g = 1; {G}"),
         edition(f"G g = 1; {G}", "option features.message_encoding = DELIMITED;"), "bf", "bf",
         shown={"g": {"a": 1}}),
    Pair("an edition delimits all but one", edition(f"G g = 1; {G}"),
         edition(f"G g = 1 [features.message_encoding = LENGTH_PREFIXED]; {G}",
                 "option features.message_encoding = DELIMITED;"), kept={"g": {"a": 1}}),
    Pair("an edition delimits all, and maps stay", edition("map<string, G> g = 1; " + G),
         edition("map<string, G> g = 1; " + G, "option features.message_encoding = DELIMITED;"),
         kept={"g": {"k": {"a": 1}}}),
]  # fmt: skip

PAIRS_OF_EDITIONS = [
    Pair("a required field is written as an edition has it", m2("required string s = 1;"),
         edition(f"string s = 1 {REQUIRED};"), kept={"s": "x"}),
    Pair("a required field of an edition becomes optional", edition(f"string s = 1 {REQUIRED};"),
         edition(S), "bf", "bf"),
    Pair("a field of an edition becomes required", edition(S), edition(f"string s = 1 {REQUIRED};"),
         "bf", "bf", shown={}),
    Pair("a required field of an edition is new", edition(S),
         edition(f"{S} int32 i = 2 {REQUIRED};"), "b", "bf", shown={"s": "x"}),
    Pair("an edition reserves a name", edition(S + NO), edition(f"{S} reserved 2; reserved i;"),
         kept={"s": "x"}),
    Pair("an edition loses a field", edition(S + NO), edition(S), "b", kept={"s": "x"}),
    Pair("a file gets an edition", m(f"optional {S}"), edition(S), kept={"s": "x"}),
]  # fmt: skip

PAIRS_OF_EXTENSIONS = [
    Pair("an extension changes its type", extended(X), extended("optional int32 x = 100;"), "bf",
         "bf"),
    Pair("an extension becomes bytes", extended(X), extended("optional bytes x = 100;"), "bf"),
    Pair("an extension is renamed", extended(X), extended("optional string y = 100;"), "bf"),
    Pair("an extension is renumbered", extended(X), extended("optional string x = 101;"), "bf"),
    Pair("an extension is new", extended(X), extended(f"{X} optional int32 y = 101;")),
    Pair("an extension is gone", extended(f"{X} optional int32 y = 101;"), extended(X)),
    Pair("all extensions are gone", extended(X),
         m2("optional string s = 1; extensions 100 to 199;")),
    Pair("an extension moves into a message", extended(X),
         m2(f"optional string s = 1; extensions 100 to 199; extend M {{ {X} }}"), "bf"),
    Pair("a field's number is left to extensions",
         extended(X, "optional int32 i = 2; extensions 100 to 199;"),
         extended(X, "extensions 2 to 199;"), "b"),
    Pair("a reserved number is left to extensions",
         extended(X, "reserved 2; extensions 100 to 199;"), extended(X, "extensions 2 to 199;"),
         "b"),
]  # fmt: skip

PAIRS_OF_JSON_NAMES = [
    Pair("a name in JSON changes", m(S), m('string s = 1 [json_name = "t"];'), "bf",
         kept={"s": "x"}),
    Pair("a name in JSON is spelled out", m("string a_b = 1;"),
         m('string a_b = 1 [json_name = "aB"];'), kept={"a_b": "x"}),
    Pair("a field is renamed and keeps its name in JSON", m(S),
         m('string t = 1 [json_name = "s"];'), "bf", kept={"s": "x"}),
]  # fmt: skip

ALL_PAIRS_OF_TYPES = [
    *PAIRS_OF_ONEOFS,
    *PAIRS_OF_MAPS,
    *PAIRS_OF_GROUPS,
    *PAIRS_OF_EDITIONS,
    *PAIRS_OF_EXTENSIONS,
    *PAIRS_OF_JSON_NAMES,
]
