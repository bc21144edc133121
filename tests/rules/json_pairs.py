"""Pairs of JSON Schemas whose values are scalars and arrays, or combined of others."""

from tests.rules.json_shapes import NOTHING, Pair, closed, thing

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_2020 = "https://json-schema.org/draft/2020-12/schema"
TEXT, INT, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
CAT = closed({"kind": {"const": "cat"}, "lives": INT}, required=["kind"])
DOG = closed({"kind": {"const": "dog"}, "tricks": INT}, required=["kind"])
FISH = closed({"kind": {"const": "fish"}}, required=["kind"])


def tree(kind: str) -> object:
    node = closed({"value": {"type": kind}, "next": {"$ref": "#/definitions/node"}})
    return {"definitions": {"node": node}, "$ref": "#/definitions/node"}


def newer(**keywords: object) -> object:
    return {"$schema": DRAFT_2020, **keywords}


PAIRS = [
    Pair("the same", TEXT, TEXT, NOTHING, NOTHING),
    Pair("everything becomes texts", {}, TEXT, 1, NOTHING),
    Pair("true and the empty schema", True, {}, NOTHING, NOTHING),
    Pair("nothing is allowed any more", TEXT, False, "x", NOTHING),
    Pair("a title changes", {**TEXT, "title": "a"}, {**TEXT, "title": "b"}, NOTHING, NOTHING),
    Pair("integers become numbers", INT, NUMBER, NOTHING, 1.5),
    Pair("integers become texts", INT, TEXT, 1, "x"),
    Pair("null is allowed", TEXT, {"type": ["string", "null"]}, NOTHING, None),
    Pair("a type list loses one", {"type": ["string", "integer"]}, TEXT, 1, NOTHING),
    Pair("a type becomes anyOf of it", TEXT, {"anyOf": [TEXT, INT]}, NOTHING, 1),
    Pair("a type list becomes anyOf", {"type": ["string", "integer"]}, {"anyOf": [TEXT, INT]},
         NOTHING, NOTHING),
    Pair("minimum grows", {**INT, "minimum": 1}, {**INT, "minimum": 2}, 1, NOTHING),
    Pair("minimum comes", INT, {**INT, "minimum": 0}, -1, NOTHING),
    Pair("maximum goes", {**INT, "maximum": 5}, INT, NOTHING, 6),
    Pair("minimum becomes exclusive", {**NUMBER, "minimum": 1}, {**NUMBER, "exclusiveMinimum": 1},
         1, NOTHING),
    Pair("integers above 0 are those from 1", {**INT, "exclusiveMinimum": 0},
         {**INT, "minimum": 1}, NOTHING, NOTHING),
    Pair("draft 4's exclusive maximum", {"$schema": DRAFT_4, **NUMBER, "maximum": 5},
         {"$schema": DRAFT_4, **NUMBER, "maximum": 5, "exclusiveMaximum": True}, 5, NOTHING),
    Pair("multiples of 6 are multiples of 3", {**INT, "multipleOf": 6}, {**INT, "multipleOf": 3},
         NOTHING, 3),
    Pair("multiples of 2 and of 3", {**INT, "multipleOf": 2}, {**INT, "multipleOf": 3}, 2, 3),
    Pair("bounds of numbers do not touch texts", TEXT, {**TEXT, "minimum": 5}, NOTHING, NOTHING),
    Pair("minLength comes", TEXT, {**TEXT, "minLength": 1}, "", NOTHING),
    Pair("maxLength grows", {**TEXT, "maxLength": 2}, {**TEXT, "maxLength": 3}, NOTHING, "abc"),
    Pair("a pattern comes", TEXT, {**TEXT, "pattern": "^a"}, "b", NOTHING),
    Pair("a pattern goes", {**TEXT, "pattern": "^a"}, TEXT, NOTHING, "b"),
    Pair("a pattern stays", {**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^a", "maxLength": 9},
         "a" * 10, NOTHING),
    Pair("a format comes", TEXT, {**TEXT, "format": "date"}, NOTHING, NOTHING),
    Pair("an enum gains a value", {"enum": ["a"]}, {"enum": ["a", "b"]}, NOTHING, "b"),
    Pair("an enum loses a value", {"enum": ["a", 1]}, {"enum": ["a"]}, 1, NOTHING),
    Pair("an enum becomes its type", {"enum": ["a", "b"]}, TEXT, NOTHING, "c"),
    Pair("an enum becomes a pattern that all match", {"enum": ["ab", "ac"]},
         {**TEXT, "pattern": "^a"}, NOTHING, "ad"),
    Pair("a constant becomes an enum", {"const": 1}, {"enum": [1, 2]}, NOTHING, 2),
    Pair("an enum and a constant", {"enum": [1, 2]}, {"enum": [1, 2], "const": 1}, 2, NOTHING),
    Pair("a constant changes", {"const": 1}, {"const": 2}, 1, 2),
    Pair("both booleans are named", {"type": "boolean"}, {"enum": [True, False]},
         NOTHING, NOTHING),
    Pair("1 is 1.0 and not true", {"enum": [1]}, {"enum": [1.0, True]}, NOTHING, True),
    Pair("an enum of objects becomes an object", {"enum": [{"a": 1}]}, thing({"a": INT}),
         NOTHING, {"a": 2}),
    Pair("items widen", {"type": "array", "items": INT}, {"type": "array", "items": NUMBER},
         NOTHING, [1.5]),
    Pair("items come", {"type": "array"}, {"type": "array", "items": INT}, ["x"], NOTHING),
    Pair("minItems comes", {"type": "array"}, {"type": "array", "minItems": 1}, [], NOTHING),
    Pair("maxItems shrinks", {"type": "array", "maxItems": 2}, {"type": "array", "maxItems": 1},
         [1, 2], NOTHING),
    Pair("items have to differ", {"type": "array"}, {"type": "array", "uniqueItems": True}, [1, 1],
         NOTHING),
    Pair("a tuple gains a position", {"type": "array", "items": [INT]},
         {"type": "array", "items": [INT, TEXT]}, [1, 2], NOTHING),
    Pair("a closed tuple gains a position",
         {"type": "array", "items": [INT], "additionalItems": False},
         {"type": "array", "items": [INT, TEXT], "additionalItems": False}, NOTHING, [1, "x"]),
    Pair("prefixItems of 2020-12", newer(type="array", prefixItems=[INT], items=False),
         newer(type="array", prefixItems=[NUMBER], items=False), NOTHING, [1.5]),
    Pair("something has to be contained", {"type": "array"}, {"type": "array", "contains": INT},
         ["x"], NOTHING),
    Pair("less has to be contained", {"type": "array", "contains": INT},
         {"type": "array", "contains": NUMBER}, NOTHING, [1.5]),
    Pair("anyOf gains one", {"anyOf": [TEXT]}, {"anyOf": [TEXT, INT]}, NOTHING, 1),
    Pair("anyOf loses one", {"anyOf": [TEXT, INT]}, {"anyOf": [TEXT]}, 1, NOTHING),
    Pair("anyOf is reordered", {"anyOf": [TEXT, INT]}, {"anyOf": [INT, TEXT]}, NOTHING, NOTHING),
    Pair("oneOf gains one of another type", {"oneOf": [TEXT]}, {"oneOf": [TEXT, INT]}, NOTHING, 1),
    Pair("oneOf gains one told by a constant", {"oneOf": [CAT, DOG]}, {"oneOf": [CAT, DOG, FISH]},
         NOTHING, {"kind": "fish"}),
    Pair("oneOf gains one that overlaps", {"oneOf": [INT]}, {"oneOf": [INT, NUMBER]}, 1, 1.5),
    Pair("oneOf loses one", {"oneOf": [CAT, DOG]}, {"oneOf": [CAT]}, {"kind": "dog"}, NOTHING),
    Pair("allOf is written out", {"allOf": [{**INT, "minimum": 1}, {"maximum": 5}]},
         {**INT, "minimum": 1, "maximum": 5}, NOTHING, NOTHING),
    Pair("allOf gains one", {"allOf": [INT]}, {"allOf": [INT, {"minimum": 1}]}, 0, NOTHING),
    Pair("something is forbidden", {}, {"not": TEXT}, "x", NOTHING),
    Pair("what is forbidden could not be", INT, {**INT, "not": TEXT}, NOTHING, NOTHING),
    Pair("less is forbidden", {"not": {"type": ["string", "integer"]}}, {"not": TEXT}, NOTHING, 1),
    Pair("a condition comes", NUMBER,
         {**NUMBER, "if": {"minimum": 10}, "then": {"multipleOf": 10}}, 11, NOTHING),
    Pair("a condition stays", {"if": INT, "then": {"minimum": 1}},
         {"if": INT, "then": {"minimum": 1}}, NOTHING, NOTHING),
    Pair("a $ref is written out", {"definitions": {"a": INT}, "$ref": "#/definitions/a"}, INT,
         NOTHING, NOTHING),
    Pair("what a $ref leads to changes", {"definitions": {"a": INT}, "$ref": "#/definitions/a"},
         {"definitions": {"a": NUMBER}, "$ref": "#/definitions/a"}, NOTHING, 1.5),
    Pair("a schema that contains itself widens", tree("integer"), tree("number"), NOTHING,
         {"next": {"value": 1.5}}),
    Pair("a schema that contains itself stays", tree("integer"), tree("integer"), NOTHING, NOTHING),
    Pair("a dynamic $ref leads to what changes",
         newer(**{"$dynamicRef": "#a", "$defs": {"x": {"$dynamicAnchor": "a", **INT}}}),
         newer(**{"$dynamicRef": "#a", "$defs": {"x": {"$dynamicAnchor": "a", **TEXT}}}), 1, "x"),
    Pair("an anchor leads to what changes",
         newer(**{"$ref": "#a", "$defs": {"x": {"$anchor": "a", **INT}}}),
         newer(**{"$ref": "#a", "$defs": {"x": {"$anchor": "a", **TEXT}}}), 1, "x"),
]  # fmt: skip
