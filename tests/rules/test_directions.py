"""Causes of JSON Schemas: each is the change from the older version to the newer one.

A schema that became stricter breaks readers with the newer version, one that became looser those
with the older.
"""

import json
import re

import pytest

from registry.artifact_types.checks import Document
from registry.rules import COMPATIBILITY, EarlierVersion, Proposal, evaluate

BACKWARD = "; who reads with the new content breaks on data of version 7."
FORWARD = "; who reads with version 7 breaks on data of the new content."
DIALECT = "https://json-schema.org/draft/2020-12/schema"
LINE = re.compile(r" \(line \d+(?: of version 7)?\)\.")
LETTERS = {"type": "array", "items": {"type": "string"}}
OBJECT = {"type": "object"}


def causes(level: str, older: object, newer: object) -> list[tuple[str, int]]:
    def document(schema: object) -> Document:
        return Document(json.dumps(schema, indent=1).encode())

    earlier = [EarlierVersion("7", document(older))]
    proposal = Proposal("a", "JSON", document(newer), earlier=lambda: earlier)
    (verdict,) = evaluate({COMPATIBILITY: level}, proposal)
    return [(cause.description, cause.line) for cause in verdict.causes]


def test_a_cause_has_its_line_in_the_schema_of_the_reader() -> None:
    number, positive = {"type": "number"}, {"type": "number", "minimum": 1}
    ((description, line),) = causes("BACKWARD", number, positive)
    assert description == (
        "The least number was not bounded and is 1 (line 3). "
        f"A smaller number was allowed and is refused{BACKWARD}"
    )
    assert line == 3
    assert causes("FORWARD", number, positive) == []
    ((description, line),) = causes("FORWARD", positive, number)
    assert description == (
        "The least number was 1 and is not bounded (line 3 of version 7). "
        f"A smaller number is allowed now and is refused{FORWARD}"
    )
    assert line == 0
    assert causes("BACKWARD", positive, number) == []


#: What a stricter schema adds to a looser one; the causes of its coming, and of its going.
CHANGES: list[tuple[object, object, str, str]] = [
    (
        {"type": "integer"},
        {"type": "number"},
        "The type was number and is integer. A value of number is refused",
        "The type was integer and is number. A value of number is refused",
    ),
    (
        False,
        {"type": "string"},
        "Nothing may be here any more, and it was string. What was allowed is refused",
        "Nothing was allowed here, and it may be string now. What is allowed now is refused",
    ),
    (
        {"enum": ["a"]},
        {"type": "string"},
        "Only certain values are allowed now. Others were allowed and are refused",
        "Only certain values were allowed, and others are now. "
        "Others are allowed now and are refused",
    ),
    (
        {"enum": ["a"]},
        {"enum": ["a", "b"]},
        "The value 'b' is not allowed any more. Who has it is refused",
        "The value 'b' was not allowed, and is now. Who has it is refused",
    ),
    (
        {"type": "string", "not": {"const": "a"}},
        {"type": "string"},
        "Something is forbidden by 'not' that was not forbidden before. "
        "A value that it forbids was allowed",
        "Something was forbidden by 'not' that may not be forbidden any more. "
        "A value that it forbids is allowed now",
    ),
    (
        {"anyOf": [{"type": "string", "maxLength": 3}]},
        {"type": "string"},
        "None of the alternatives takes what was string: maxLength was not bounded and is 3. "
        "A value that was allowed is refused",
        "None of the alternatives took all that may be string now: "
        "maxLength was 3 and is not bounded. A value that is allowed now is refused",
    ),
    (
        {"oneOf": [{"type": "string"}, {"minLength": 2}]},
        {"type": "string"},
        "More than one of the alternatives may take the same value now. "
        "oneOf refuses what two of them take",
        "A value may be allowed now that more than one of the alternatives took. "
        "oneOf refuses what two of them take",
    ),
    (
        {**LETTERS, "uniqueItems": True},
        LETTERS,
        "Items have to differ from each other now. An array with equal items was allowed",
        "Items had to differ from each other, and need not any more. "
        "An array with equal items is allowed now",
    ),
    (
        {**LETTERS, "contains": {"const": "a"}},
        LETTERS,
        "An item of a certain kind has to be there now. An array without it was allowed",
        "An item of a certain kind had to be there, and need not any more. "
        "An array without it is allowed now",
    ),
    (
        {**LETTERS, "contains": {"const": "a"}, "minContains": 0, "maxContains": 2},
        LETTERS,
        "Only 2 items of a certain kind may be there now. An array with more of them was allowed",
        "Only 2 items of a certain kind were allowed, and more are now. "
        "An array with more of them is allowed now",
    ),
    (
        {**OBJECT, "required": ["a"]},
        OBJECT,
        "The property 'a' is required now. An object without it was allowed",
        "The property 'a' was required, and is not any more. An object without it is allowed now",
    ),
    (
        {**OBJECT, "additionalProperties": False},
        {**OBJECT, "properties": {"a": {"type": "string"}}, "additionalProperties": False},
        "The property 'a' is gone, and others are not allowed. An object that has it is refused",
        "The property 'a' is new, and others were not allowed. An object that has it is refused",
    ),
    (
        {**OBJECT, "properties": {"a": {"type": "string"}}},
        OBJECT,
        "The property 'a' is new where any could be. It may have been there as anything: The type "
        "was null or boolean or number or string or array or object and is string",
        "The property 'a' is gone where any may be. It may be there as anything: The type "
        "was string and is null or boolean or number or string or array or object",
    ),
    (
        {**OBJECT, "additionalProperties": False},
        OBJECT,
        "Properties that are not named are not allowed any more. "
        "An object that has others is refused",
        "Properties that are not named were not allowed, and are now. "
        "An object that has others is refused",
    ),
    (
        {
            **OBJECT,
            "properties": {"a": True},
            "additionalProperties": False,
            "propertyNames": {"const": "b"},
        },
        {**OBJECT, "properties": {"a": True}, "additionalProperties": False},
        "The name 'a' is not allowed any more. An object that has it is refused",
        "The name 'a' was not allowed, and is now. An object that has it is refused",
    ),
    (
        {**OBJECT, "dependentRequired": {"a": ["b"]}},
        OBJECT,
        "An object that has 'a' needs more now. One without that was allowed",
        "An object that has 'a' needed more than it does now. One without that is allowed now",
    ),
    (
        {"type": "number", "exclusiveMaximum": 9},
        {"type": "number", "maximum": 9},
        "The greatest number was 9 and is beyond 9. A greater number was allowed and is refused",
        "The greatest number was beyond 9 and is 9. A greater number is allowed now and is refused",
    ),
    (
        {"type": "integer", "multipleOf": 5},
        {"type": "integer"},
        "Numbers are multiples of 5 now. A number between was allowed and is refused",
        "Numbers were multiples of 5, and need not be any more. "
        "A number between is allowed now and is refused",
    ),
    (
        {"type": "string", "pattern": "^a"},
        {"type": "string"},
        "Texts match '^a' now. A text that does not match was allowed",
        "Texts matched '^a', and need not any more. A text that does not match is allowed now",
    ),
    (
        {"type": "string", "format": "date"},
        {"type": "string"},
        "The format of texts was open and is 'date'. A text of another one was allowed",
        "The format of texts was 'date' and is open. A text of another one is allowed now",
    ),
    (
        {"type": "string", "minLength": 2},
        {"type": "string", "minLength": 1},
        "minLength was 1 and is 2. A shorter text was allowed and is refused",
        "minLength was 2 and is 1. A shorter text is allowed now and is refused",
    ),
]


@pytest.mark.parametrize(("strict", "loose", "coming", "going"), CHANGES)
def test_a_cause_is_the_change_from_the_older_version_to_the_newer(
    strict: object, loose: object, coming: str, going: str
) -> None:
    def described(level: str, older: object, newer: object) -> list[str]:
        wrapped = [{"$schema": DIALECT, "properties": {"p": each}} for each in (older, newer)]
        found = (description for description, _ in causes(level, *wrapped))
        return [LINE.sub(".", description, count=1) for description in found]

    assert described("BACKWARD", loose, strict) == [coming + BACKWARD]
    assert described("FORWARD", strict, loose) == [going + FORWARD]
