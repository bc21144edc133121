"""JSON's pairs at all six levels, beside what jsonschema makes of values and of generated ones."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document, Incompatibility, Severity
from tests.examples import examples
from tests.rules.json_pairs import PAIRS, TEXT, tree
from tests.rules.json_pairs_of_objects import PAIRS_OF_OBJECTS
from tests.rules.json_pairs_of_unevaluated import PAIRS_OF_UNEVALUATED
from tests.rules.json_shapes import NOTHING, Pair, closed, thing
from tests.rules.levels import expected_levels, rejecting_levels

ALL = [*PAIRS, *PAIRS_OF_OBJECTS, *PAIRS_OF_UNEVALUATED]

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.sampled_from([0.5, 1.0, 1.5, 11.5])
    | st.sampled_from(["", "a", "ab", "abc", "b", "cat", "dog", "x" * 11]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "b", "x", "x-a", "abc", "kind", "i", "l", "value", "next"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def encoded(schema: Any) -> bytes:
    return json.dumps(schema, indent=1).encode()


def incompatibilities(reader: Any, writer: Any) -> list[Incompatibility]:
    compare = get_artifact_type("JSON").load_checks().incompatibilities
    assert compare is not None
    return compare(Document(encoded(writer)), Document(encoded(reader)), Direction.BACKWARD)


def errors(reader: Any, writer: Any) -> list[Incompatibility]:
    return [each for each in incompatibilities(reader, writer) if each.severity is Severity.ERROR]


def takes(schema: Any, value: Any) -> bool:
    kind = jsonschema.validators.validator_for(schema, default=jsonschema.Draft7Validator)
    return bool(kind(schema).is_valid(value))


def directions() -> Iterator[tuple[Any, Any, Any]]:
    for pair in ALL:
        yield pair.before, pair.after, pair.lost
        yield pair.after, pair.before, pair.gained


def test_there_are_enough_pairs() -> None:
    assert len(ALL) >= 170
    assert len({pair.reason for pair in ALL}) == len(ALL)


@pytest.mark.parametrize("pair", ALL, ids=lambda pair: pair.reason)
def test_a_pair_at_all_levels(pair: Pair) -> None:
    result = rejecting_levels("JSON", encoded(pair.after), encoded(pair.before))
    assert result == expected_levels(pair.lost is NOTHING, pair.gained is NOTHING)


@pytest.mark.parametrize("pair", ALL, ids=lambda pair: pair.reason)
def test_jsonschema_agrees_on_the_sample_value(pair: Pair) -> None:
    if pair.lost is not NOTHING:
        assert (takes(pair.before, pair.lost), takes(pair.after, pair.lost)) == (True, False)
    if pair.gained is not NOTHING:
        assert (takes(pair.before, pair.gained), takes(pair.after, pair.gained)) == (False, True)


@given(value=VALUES)
@examples(test=100, soak=2_000)
def test_no_lost_generated_value_goes_unreported(value: Any) -> None:
    for before, after, lost in directions():
        if lost is NOTHING and takes(before, value):
            assert takes(after, value), (before, after)


KEYWORDS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from([
            *("string", "integer", "number", "object", "array", "null"),
            ["integer", "string"],
            ["null", "integer"],
        ]),
        "minimum": st.integers(0, 3),
        "exclusiveMaximum": st.integers(2, 6),
        "multipleOf": st.integers(1, 3),
        "maxLength": st.integers(0, 3),
        "enum": st.lists(st.sampled_from(["a", "ab", 1, 2, None]), min_size=1, max_size=3),
        "required": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
        "maxItems": st.integers(0, 2),
    },
)
SCHEMAS = st.recursive(
    KEYWORDS,
    lambda inner: st.one_of(
        st.builds(lambda each: {"not": each}, inner),
        st.builds(lambda each: {"items": each}, inner),
        st.builds(lambda each: {"anyOf": each}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda each: {"oneOf": each}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda each: {"allOf": each}, st.lists(inner, min_size=1, max_size=2)),
        st.builds(lambda one, two: {"if": one, "then": two}, inner, inner),
        st.builds(
            lambda each, rest: {"properties": each, "additionalProperties": rest},
            st.dictionaries(st.sampled_from(["a", "b", "x"]), inner, max_size=2),
            inner | st.booleans(),
        ),
        st.builds(
            lambda each, base: {**base, **each},
            KEYWORDS,
            st.builds(lambda each: {"anyOf": [each]}, inner),
        ),
    ),
    max_leaves=4,
)


@given(before=SCHEMAS, after=SCHEMAS, values=st.lists(VALUES, min_size=5, max_size=20))
@examples(test=200, soak=6_000)
def test_no_lost_value_of_generated_schemas_goes_unreported(
    before: Any, after: Any, values: list[Any]
) -> None:
    """What is called compatible is so for every value that jsonschema is shown."""
    if errors(after, before):
        return
    for value in values:
        if takes(before, value):
            assert takes(after, value), (before, after, value)


@given(schema=SCHEMAS)
@examples(test=100, soak=2_000)
def test_a_schema_is_compatible_with_itself(schema: Any) -> None:
    assert errors(schema, schema) == []


def test_an_incompatibility_has_its_path_and_line() -> None:
    before = thing({"a": TEXT, "i": closed({"n": {"type": "integer"}})})
    after = thing({"a": TEXT, "i": closed({"n": {"type": "integer", "minimum": 1}})})
    (result,) = incompatibilities(after, before)
    assert result.path == "/properties/i/properties/n/minimum"
    assert result.line == 12
    assert result.message == "The least number was not bounded and is 1"


@pytest.mark.parametrize("keyword", ["format", "contentEncoding", "contentMediaType"])
def test_what_a_text_means_may_only_become_open(keyword: str) -> None:
    """No validator has to look at it, but who decodes the text does."""
    one, other = {**TEXT, keyword: "base64"}, {**TEXT, keyword: "base32"}
    (added,) = incompatibilities(one, TEXT)
    (changed,) = incompatibilities(other, one)
    assert (added.path, added.severity) == (f"/{keyword}", Severity.ERROR)
    assert changed.message == f"The {keyword} of texts was 'base64' and is 'base32'"
    assert incompatibilities(TEXT, one) == incompatibilities(one, one) == []
    assert incompatibilities({"type": "integer", keyword: "int64"}, {"type": "integer"}) == []


def test_refs_are_followed_into_references() -> None:
    content = encoded(thing({"home": {"$ref": "street.json#/definitions/s"}}))
    compare = get_artifact_type("JSON").load_checks().incompatibilities
    assert compare is not None

    def street(kind: str) -> Document:
        reference = encoded({"definitions": {"s": {"type": kind}}})
        return Document(content, {"street.json": reference})

    assert compare(street("integer"), street("number"), Direction.BACKWARD) == []
    (result,) = compare(street("number"), street("integer"), Direction.BACKWARD)
    assert (result.path, result.line) == ("/(street.json)/definitions/s/type", 0)


def test_the_steps_for_an_intricate_pair_are_limited() -> None:
    branches = [
        thing({f"p{at}": {"anyOf": [{"minLength": at}, {"minimum": at}]}}) for at in range(9)
    ]
    schema = {"allOf": [{"anyOf": branches} for _ in range(9)]}
    result = incompatibilities({**schema, "minProperties": 1}, schema)
    assert any("intricate" in each.message for each in result)
    deep = tree("integer")
    for _ in range(200):
        deep = {"items": deep}
    assert any("intricate" in each.message for each in incompatibilities(deep, {"type": "array"}))
