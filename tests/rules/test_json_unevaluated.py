"""What generated JSON Schemas leave unevaluated, beside what jsonschema_rs makes of all values."""

from itertools import product
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.examples import examples
from tests.rules.json_pairs_of_unevaluated import DRAFT_2019, DRAFT_2020
from tests.rules.test_json_compatibility import errors

NAMES = ("a", "b", "c")
_ABSENT = object()
OBJECTS = [
    {name: value for name, value in zip(NAMES, values, strict=True) if value is not _ABSENT}
    for values in product((_ABSENT, 1, 2, "x", None), repeat=len(NAMES))
]
ARRAYS = [list(items) for length in range(4) for items in product((1, 2, "x", None), repeat=length)]

LEAVES = st.sampled_from([
    {}, True, False, {"const": 1}, {"type": "integer"}, {"type": "string"},
    {"type": ["integer", "string"]},
])  # fmt: skip
SOME_NAMES = st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True)


def mappings(keys: Any, values: Any) -> Any:
    return st.dictionaries(st.sampled_from(keys), values, min_size=1, max_size=2)


def parts(plain: dict[str, Any], in_place: dict[str, Any]) -> Any:
    """Generate schemas, with others that apply to the same value."""
    flat = st.fixed_dictionaries({}, optional=plain)

    def nest(inner: Any) -> Any:
        some = st.lists(inner, min_size=1, max_size=2)
        combined = {"allOf": some, "anyOf": some, "oneOf": some, "then": inner, "else": inner}
        special = {keyword: make(inner) for keyword, make in in_place.items()}
        return st.fixed_dictionaries({}, optional={**plain, "if": flat, **combined, **special})

    return nest(flat) | nest(nest(flat))


OBJECT_PARTS = parts(
    {
        "properties": mappings(NAMES, LEAVES),
        "patternProperties": mappings(["^a", "^[bc]$"], LEAVES),
        "additionalProperties": LEAVES,
        "unevaluatedProperties": LEAVES,
        "required": SOME_NAMES,
        "dependentRequired": mappings(NAMES, SOME_NAMES),
        "maxProperties": st.integers(0, 2),
    },
    {
        "dependentSchemas": lambda inner: mappings(NAMES, inner),
        "$ref": lambda inner: inner,
        "$dynamicRef": lambda inner: inner,
        "not": lambda inner: inner,
    },
)


def array_parts(positions: str) -> Any:
    return parts(
        {
            positions: st.lists(LEAVES, min_size=1, max_size=2),
            "unevaluatedItems": LEAVES,
            "contains": LEAVES,
            "minContains": st.integers(0, 2),
            "maxContains": st.integers(0, 2),
            "minItems": st.integers(0, 2),
            "maxItems": st.integers(0, 2),
            "additionalItems" if positions == "items" else "items": LEAVES,
        },
        {"$ref": lambda inner: inner, "not": lambda inner: inner},
    )


def whole(dialect: str, keyword: str, kind: str, own: Any, rest: Any) -> Any:
    """Make a schema with a rest, and with what it refers to among the definitions."""
    definitions: dict[str, Any] = {}

    def refer(schema: Any) -> Any:
        if isinstance(schema, list):
            return [refer(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        schema = {each: refer(value) for each, value in schema.items()}
        for reference in sorted({"$ref", "$dynamicRef"} & schema.keys()):
            name, target = f"d{len(definitions)}", schema.pop(reference)
            definitions[name] = target
            if reference == "$ref":
                schema = {**schema, "$ref": f"#/$defs/{name}"}
            elif dialect == DRAFT_2020:
                definitions[name] = {"$dynamicAnchor": name, **target}
                schema = {**schema, "$dynamicRef": f"#{name}"}
            else:
                schema["allOf"] = [*schema.get("allOf", []), {"$ref": f"#/$defs/{name}"}]
        return schema

    written = refer({keyword: rest, **own})
    return {"$schema": dialect, "type": kind, **written, "$defs": definitions}


@st.composite
def pairs(draw: Any, dialect: str, keyword: str) -> tuple[Any, Any]:
    """Generate two schemas of one kind, of which most parts are the same."""
    kind, part = ("object", OBJECT_PARTS)
    if keyword == "unevaluatedItems":
        kind, part = "array", array_parts("items" if dialect == DRAFT_2019 else "prefixItems")
    before, rest = draw(part), draw(LEAVES)
    other, other_rest = draw(part), draw(st.just(rest) | LEAVES)
    changed = draw(st.sets(st.sampled_from(sorted({*before, *other} or {""})), max_size=2))
    after = {each: value for each, value in before.items() if each not in changed}
    after |= {each: value for each, value in other.items() if each in changed}
    return (
        whole(dialect, keyword, kind, before, rest),
        whole(dialect, keyword, kind, after, other_rest),
    )


def assert_reported(before: Any, after: Any, values: list[Any], validator: Any) -> None:
    """Fail if a value that only one of the schemas takes goes unreported."""
    taken, taken_after = (
        [each.is_valid(value) for value in values] for each in map(validator, (before, after))
    )
    assume(any(taken) or any(taken_after))
    outcomes = list(zip(values, taken, taken_after, strict=True))
    lost = [value for value, was, still in outcomes if was and not still]
    gained = [value for value, was, still in outcomes if still and not was]
    assert not lost or errors(after, before), (before, after, lost[:3])
    assert not gained or errors(before, after), (before, after, gained[:3])


# Ten minutes in make soak on a free machine, and more beside other work.
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("dialect", [DRAFT_2019, DRAFT_2020])
@pytest.mark.parametrize("keyword", ["unevaluatedProperties", "unevaluatedItems"])
@given(data=st.data())
@examples(test=12, soak=4_000)
def test_no_lost_value_goes_unreported(dialect: str, keyword: str, data: Any) -> None:
    before, after = data.draw(pairs(dialect, keyword))
    values = OBJECTS if keyword == "unevaluatedProperties" else ARRAYS
    assert_reported(before, after, values, jsonschema_rs.validator_for)


@pytest.mark.parametrize("keyword", ["unevaluatedProperties", "unevaluatedItems"])
@given(data=st.data())
@examples(test=8, soak=2_000)
def test_a_schema_of_no_dialect_may_be_meant_for_an_old_or_a_new_one(
    keyword: str, data: Any
) -> None:
    """Draft 7, which counts without `$schema`, ignores newer keywords; newer validators do not."""
    before, after = data.draw(pairs(DRAFT_2020, keyword))
    del before["$schema"], after["$schema"]
    values = OBJECTS if keyword == "unevaluatedProperties" else ARRAYS
    assert_reported(before, after, values, jsonschema_rs.Draft202012Validator)
    assert_reported(before, after, values, jsonschema_rs.Draft7Validator)


def test_taking_a_property_away_is_refused_without_a_dialect() -> None:
    sealed = {"properties": {"a": {}, "b": {}}, "unevaluatedProperties": False}
    fewer = {"properties": {"a": {}}, "unevaluatedProperties": False}
    assert errors(fewer, sealed)
