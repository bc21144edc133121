"""Whether an Avro schema that is wrong in one place gets one cause, and no false ones beside it."""

import json
from typing import Any

import pytest

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Document
from tests.rules.avro_shapes import array, field, fixed, record


def messages(schema: Any, **references: Any) -> list[str]:
    known = {name: json.dumps(each).encode() for name, each in references.items()}
    document = Document(json.dumps(schema).encode(), known)
    return [each.message for each in get_artifact_type("AVRO").load_checks().violations(document)]


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (["null", "x.T"], "There is no type 'x.T'"),
        (["x.T", "null", "x.U"], "There is no type 'x.T' There is no type 'x.U'"),
        (record(field("a", ["null", "T"], default=None)), "There is no type 'T'"),
        (record(field("a", ["null", "T"], default={"b": 1})), "There is no type 'T'"),
        (record(field("a", "T", default="x")), "There is no type 'T'"),
        (record(field("a", array("T"), default=["x", 7])), "There is no type 'T'"),
        (["null", 7], "A schema is a name, an array or an object"),
        (["null", {"doc": "no type"}], "A schema has no type"),
        (record(field("a", {"type": "array"}, default=["x"])), "A type array has no items"),
        (record(field("a", fixed(-1), default="abc")), "A type fixed has a size"),
        (fixed(-1, logicalType="decimal", precision=4), "A type fixed has a size"),
        (fixed(-1, logicalType="uuid"), "A type fixed has a size"),
        (
            record(field("a", {"type": "enum", "name": "E"}, default="A")),
            "A type enum has symbols, an array of names",
        ),
        (
            ["null", {"type": "enum", "symbols": ["A"]}, {"type": "enum", "symbols": ["B"]}],
            "A type enum has no name A type enum has no name",
        ),
    ],
)
def test_what_is_unknown_has_no_causes_beside_its_own(schema: Any, told: str) -> None:
    result = " ".join(messages(schema))
    assert result.startswith(told)
    assert len(messages(schema)) == told.count("no type '") + told.count("A ")


def test_an_undefined_type_twice_in_a_union_is_told() -> None:
    assert "A union has 'x.T' twice" in messages(["x.T", "x.T"])


def test_aliases_are_unique_among_types_of_references() -> None:
    street = record(name="geo.Street", aliases=["geo.Road"])
    person = record(field("home", "geo.Street"), name="P")
    assert messages(person, street=street) == []
    (message,) = messages({**person, "name": "geo.Road"}, street=street)
    assert message == "The name 'geo.Road' is an alias of 'geo.Street' already"
    (message,) = messages({**person, "aliases": ["geo.Road"]}, street=street)
    assert message == "The alias 'geo.Road' of 'P' is an alias of 'geo.Street' already"


def test_the_steps_for_defaults_are_limited() -> None:
    branches = [record(field("a", "int"), name=f"R{at}") for at in range(700)]
    schema = record(field("a", array(branches), default=[{}] * 700), name="Top")
    (message,) = messages(schema)
    assert message == "The defaults are too intricate to be checked"


def test_a_default_as_deep_as_json_may_be_is_refused_in_words() -> None:
    content = json.dumps(record(field("n", ["null", "R"], default=None)))
    deep = '{"n": ' * 400 + "7" + "}" * 400
    top = record(field("a", "X"), name="Top")
    text = json.dumps(top).replace('"X"', f'{content}, "default": {deep}')
    result = get_artifact_type("AVRO").load_checks().violations(Document(text.encode()))
    assert [each.message for each in result] == ["The defaults are too intricate to be checked"]
