"""Pairs of JSON Schemas that bound what their other keywords do not evaluate, in both dialects."""

from typing import Any

from tests.rules.json_shapes import NOTHING, Pair, thing

DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
TEXT, INT = {"type": "string"}, {"type": "integer"}
A, B, AB = {"a": TEXT}, {"b": INT}, {"a": TEXT, "b": INT}
IS_X = {"properties": {"kind": {"const": "x"}}, "required": ["kind"]}
KIND_A = {"kind": TEXT, **A}


def sealed(properties: Any, **more: Any) -> Any:
    return thing(properties, unevaluatedProperties=False, **more)


def items(*positions: Any, **more: Any) -> Any:
    positioned = {"prefixItems": positions} if positions else {}
    return {"type": "array", **positioned, "unevaluatedItems": False, **more}


def variant(kind: str, **properties: Any) -> Any:
    return thing({"kind": {"const": kind}, **properties}, required=["kind"])


def tree(value: Any) -> Any:
    """A tree whose nodes another resource describes, and the root seals."""
    node = thing({"value": value, "next": {"$dynamicRef": "#node"}})
    described = {"$id": "http://example.com/tree", "$dynamicAnchor": "node", **node}
    return {
        "$id": "http://example.com/sealed",
        "$dynamicAnchor": "node",
        "$ref": "tree",
        "unevaluatedProperties": False,
        "$defs": {"tree": described},
    }


def beside(**neighbours: Any) -> Any:
    return sealed({"kind": TEXT}, **neighbours)


IN_BOTH_DIALECTS = [
    Pair("a property goes", sealed(AB), sealed(A), {"b": 1}, NOTHING),
    Pair("a property goes whose own schema stays open",
         thing({"i": sealed(AB)}), thing({"i": sealed(A)}), {"i": {"b": 1}}, NOTHING),
    Pair("a property widens", sealed(A), sealed({"a": {}}), NOTHING, {"a": 1}),
    Pair("an object is sealed", thing(A), sealed(A), {"x": 1}, NOTHING),
    Pair("additionalProperties closes alike", thing(A, additionalProperties=False), sealed(A),
         NOTHING, NOTHING),
    Pair("others widen", thing(A, unevaluatedProperties=INT),
         thing(A, unevaluatedProperties={"type": "number"}), NOTHING, {"x": 1.5}),
    Pair("a property that others could be", thing(A, unevaluatedProperties=INT),
         thing(AB, unevaluatedProperties=INT), NOTHING, NOTHING),
    Pair("a pattern of names goes", sealed(A, patternProperties={"^x-": {}}), sealed(A),
         {"x-a": 1}, NOTHING),
    Pair("allOf names less", beside(allOf=[thing(A), thing(B)]), beside(allOf=[thing(A)]),
         {"b": 1}, NOTHING),
    Pair("allOf names it instead", sealed(AB), sealed(A, allOf=[thing(B)]), NOTHING, NOTHING),
    Pair("a cousin does not name it", sealed(AB), {"allOf": [thing(B), sealed(A)]}, {"b": 1},
         NOTHING),
    Pair("a part is open to all", sealed(A), sealed(A, allOf=[{"additionalProperties": True}]),
         NOTHING, {"x": 1}),
    Pair("a $ref names less", beside(**{"$ref": "#/$defs/d", "$defs": {"d": thing(AB)}}),
         beside(**{"$ref": "#/$defs/d", "$defs": {"d": thing(A)}}), {"b": 1}, NOTHING),
    Pair("anyOf names less in a branch", beside(anyOf=[variant("x", **AB), variant("y")]),
         beside(anyOf=[variant("x", **A), variant("y")]), {"kind": "x", "b": 1}, NOTHING),
    Pair("anyOf names it in another branch", beside(anyOf=[variant("x", **A), variant("y", **B)]),
         beside(anyOf=[variant("x", **B), variant("y", **A)]), {"kind": "x", "a": ""},
         {"kind": "x", "b": 1}),
    Pair("branches of anyOf in another order, and more in one",
         beside(anyOf=[thing(A, required=["a"]), thing(B, required=["b"])]),
         beside(anyOf=[thing({"b": {}}, required=["b"]), thing(A, required=["a"])]), NOTHING,
         {"b": ""}),
    Pair("oneOf gains a branch", beside(oneOf=[variant("x", **A), variant("y", **B)]),
         beside(oneOf=[variant("x", **A), variant("y", **B), variant("z", c=INT)]), NOTHING,
         {"kind": "z", "c": 1}),
    Pair("oneOf names less in a branch", beside(oneOf=[variant("x", **A), variant("y", **B)]),
         beside(oneOf=[variant("x"), variant("y", **B)]), {"kind": "x", "a": ""}, NOTHING),
    Pair("then names more", beside(**{"if": IS_X, "then": thing(A)}),
         beside(**{"if": IS_X, "then": thing(AB)}), NOTHING, {"kind": "x", "b": 1}),
    Pair("else names less", beside(**{"if": IS_X, "then": thing(A), "else": thing(B)}),
         beside(**{"if": IS_X, "then": thing(A)}), {"kind": "y", "b": 1}, NOTHING),
    Pair("then becomes else", beside(**{"if": IS_X, "then": thing(A)}),
         beside(**{"if": IS_X, "else": thing(A)}), {"kind": "x", "a": ""}, {"kind": "y", "a": ""}),
    Pair("what if names counts only where it is met",
         sealed(KIND_A, **{"if": {"properties": {"b": INT}, "required": ["kind"]}}),
         sealed(KIND_A), {"kind": "", "b": 1}, NOTHING),
    Pair("a dependent schema names more", sealed(A, dependentSchemas={"a": thing(B)}),
         sealed(A, dependentSchemas={"a": thing({**B, "c": INT})}), NOTHING, {"a": "", "c": 1}),
    Pair("a dependent schema goes", sealed(A, dependentSchemas={"a": thing(B)}), sealed(A),
         {"a": "", "b": 1}, NOTHING),
    Pair("a dependent schema is written out", sealed(A, dependentSchemas={"a": thing(B)}),
         sealed(AB), NOTHING, {"b": 1}),
    Pair("not names nothing", sealed(A, **{"not": {"not": thing(B)}}), sealed(AB), NOTHING,
         {"b": 1}),
]  # fmt: skip

IN_2020_12 = [
    Pair("a position goes", items(INT, TEXT), items(INT), [1, ""], NOTHING),
    Pair("allOf has a position more", items(INT, allOf=[{"prefixItems": [{}]}]),
         items(INT, allOf=[{"prefixItems": [{}, TEXT]}]), NOTHING, [1, ""]),
    Pair("items evaluates all that follow", items(INT),
         items(INT, allOf=[{"prefixItems": [{}], "items": TEXT}]), NOTHING, [1, ""]),
    Pair("other items widen", items(INT, unevaluatedItems=INT), items(INT, unevaluatedItems={}),
         NOTHING, [1, ""]),
    Pair("contains evaluates what it takes", items(contains=INT), items(contains=INT,
         unevaluatedItems=TEXT), NOTHING, [1, ""]),
    Pair("contains in a part goes", items(INT, allOf=[{"contains": TEXT, "minContains": 0}]),
         items(INT), [1, ""], NOTHING),
    Pair("a condition decides on a position", items(INT, **{
         "if": {"prefixItems": [{"const": 1}]}, "then": {"prefixItems": [{}, TEXT]}}),
         items(INT, **{"if": {"prefixItems": [{"const": 1}]}, "then": {"prefixItems": [{}, {}]}}),
         NOTHING, [1, 1]),
    Pair("closed positions bound the length", items(INT, TEXT), items(INT, TEXT, maxItems=2),
         NOTHING, NOTHING),
    Pair("a dynamic $ref names less",
         beside(**{"$dynamicRef": "#d", "$defs": {"d": {"$dynamicAnchor": "d", **thing(AB)}}}),
         beside(**{"$dynamicRef": "#d", "$defs": {"d": {"$dynamicAnchor": "d", **thing(A)}}}),
         {"b": 1}, NOTHING),
    Pair("nodes of a tree that is sealed elsewhere widen", tree(INT), tree({"type": "number"}),
         NOTHING, {"next": {"value": 1.5}}),
]  # fmt: skip

IN_2019_09 = [
    Pair("a position of a list goes", {"items": [INT, TEXT], "unevaluatedItems": False},
         {"items": [INT], "unevaluatedItems": False}, [1, ""], NOTHING),
    Pair("allOf has another position",
         {"items": [INT], "allOf": [{"items": [{}]}], "unevaluatedItems": False},
         {"items": [INT], "allOf": [{"items": [{}, TEXT]}], "unevaluatedItems": False}, NOTHING,
         [1, ""]),
    Pair("contains stays beside unevaluatedItems",
         {"items": [INT], "contains": TEXT, "unevaluatedItems": False},
         {"items": [{"type": "number"}], "contains": TEXT, "unevaluatedItems": False}, NOTHING,
         [1.5, ""]),
    Pair("a recursive $ref names less",
         {"$recursiveAnchor": True, **sealed({**AB, "i": {"$recursiveRef": "#"}})},
         {"$recursiveAnchor": True, **sealed({**A, "i": {"$recursiveRef": "#"}})},
         {"i": {"b": 1}}, NOTHING),
]  # fmt: skip


def _in_dialect(pair: Pair, dialect: str) -> Pair:
    year = "2019-09" if dialect == DRAFT_2019 else "2020-12"
    before, after = ({"$schema": dialect, **schema} for schema in (pair.before, pair.after))
    return Pair(f"{year}: {pair.reason}", before, after, pair.lost, pair.gained)


PAIRS_OF_UNEVALUATED = [
    *(_in_dialect(pair, DRAFT_2019) for pair in [*IN_BOTH_DIALECTS, *IN_2019_09]),
    *(_in_dialect(pair, DRAFT_2020) for pair in [*IN_BOTH_DIALECTS, *IN_2020_12]),
    Pair("draft 7 does not know unevaluatedProperties",
         {"$schema": "http://json-schema.org/draft-07/schema#", **sealed(AB)},
         {"$schema": "http://json-schema.org/draft-07/schema#", **sealed(A)}, NOTHING, {"b": ""}),
]  # fmt: skip
