"""Keywords whose values no dialect has, in schemas that no VALIDITY rule has checked."""

import json
from typing import Any

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document

DIALECTS = [
    {},
    {"$schema": "http://json-schema.org/draft-04/schema#"},
    {"$schema": "https://json-schema.org/draft/2020-12/schema"},
]
WRONG: list[tuple[str, list[Any]]] = [
    ("properties patternProperties", [5, ["a"], None, {"a": 5}]),
    ("dependencies", [5, ["a"], {"a": 5}, {"a": [1]}, {"a": [["b"]]}]),
    ("required", ["a", 5, [1], ["a", {}], [["a"]]]),
    ("type", [5, {}, ["string", {}], None]),
    ("enum", [5, {"a": 1}]),
    ("allOf anyOf oneOf", [5, {}, [5]]),
    ("items", [5, [5], "a"]),
    ("additionalProperties not", [5, [], "false"]),
    ("minimum multipleOf", ["1", [], True]),
    ("exclusiveMaximum", ["1", []]),
    ("minLength maxItems minProperties", ["1", -1, True]),
    ("pattern $ref format", [5, ["a"]]),
]
CASES = [
    (keyword, value)
    for keywords, values in WRONG
    for keyword in keywords.split()
    for value in values
]
EVERYTHING: dict[str, Any] = {
    "properties": {"a": {"type": "string"}},
    "patternProperties": {"^a": {}},
    "required": ["a"],
    "dependencies": {"a": ["b"]},
    "minProperties": 1,
}


def compare(older: Any, newer: Any, direction: Direction = Direction.BACKWARD) -> list[str]:
    find = get_artifact_type("JSON").load_checks().incompatibilities
    assert find is not None
    return [each.path for each in find(document(older), document(newer), direction)]


def document(schema: Any) -> Document:
    return Document(json.dumps(schema).encode())


@pytest.mark.parametrize("dialect", DIALECTS, ids=["none", "draft 4", "2020-12"])
@pytest.mark.parametrize(("keyword", "value"), CASES, ids=str)
def test_a_reader_with_a_wrong_keyword_is_incompatible_there(
    dialect: Any, keyword: str, value: Any
) -> None:
    wrong = {**dialect, keyword: value}
    assert f"/{keyword}" in compare(dialect, wrong)
    assert f"/{keyword}" in compare(wrong, dialect, Direction.FORWARD)


@pytest.mark.parametrize(("keyword", "value"), CASES, ids=str)
def test_a_writer_with_a_wrong_keyword_may_write_anything(keyword: str, value: Any) -> None:
    assert compare({keyword: value}, {}) == []
    assert compare({keyword: value}, {keyword: value}) == []
    beside = {**EVERYTHING, keyword: value}
    assert "/maxProperties" in compare(beside, {**EVERYTHING, "maxProperties": 3})


def test_a_boolean_of_an_older_draft_is_passed_over() -> None:
    text = {"type": "string", "required": True}
    assert compare({"properties": {"a": text}}, {"properties": {"a": {"type": "string"}}}) == []
    assert compare({"type": "string"}, text) == []


def test_a_keyword_of_a_later_dialect_may_have_any_value() -> None:
    assert compare(DIALECTS[1], {**DIALECTS[1], "prefixItems": 5, "if": "a"}) == []


def test_numbers_beyond_all_floats_are_compared() -> None:
    huge = 10**400
    assert compare({"maximum": huge}, {"maximum": huge + 1}) == []
    assert compare({"maximum": huge}, {"maximum": 1.5}) == ["/maximum"]
    assert compare({"minimum": 0.5}, {"minimum": huge}) == ["/minimum"]
    assert compare({"enum": [huge]}, {"minimum": 1.5}) == []


@pytest.mark.parametrize("schema", [{"type": "\ud800"}, {"\ud800": 1}])
def test_half_a_surrogate_pair_is_a_violation(schema: Any) -> None:
    (violation,) = get_artifact_type("JSON").load_checks().violations(document(schema))
    assert violation.message.startswith("A text has half a surrogate pair")
