"""Causes of types that compare a reader with a writer, whichever of the two is the older."""

import json

from registry.artifact_types.checks import Document
from registry.rules import COMPATIBILITY, EarlierVersion, Proposal, evaluate


def causes(level: str, older: object, newer: object) -> list[tuple[str, int]]:
    def document(schema: object) -> Document:
        return Document(json.dumps(schema, indent=1).encode())

    earlier = [EarlierVersion("7", document(older))]
    proposal = Proposal("a", "JSON", document(newer), earlier=lambda: earlier)
    (verdict,) = evaluate({COMPATIBILITY: level}, proposal)
    return [(cause.description, cause.line) for cause in verdict.causes]


def test_what_old_readers_refuse_is_told_as_the_way_back_to_them() -> None:
    number, positive = {"type": "number"}, {"type": "number", "minimum": 1}
    ((description, line),) = causes("BACKWARD", number, positive)
    assert description.startswith("The least number was not bounded and is 1 (line 3). ")
    assert description.endswith("who reads with the new content breaks on data of version 7.")
    assert line == 3
    assert causes("FORWARD", number, positive) == []
    ((description, line),) = causes("FORWARD", positive, number)
    assert description.startswith(
        "From the newer version back to the older one: The least number was not bounded and is 1 "
        "(line 3 of version 7). "
    )
    assert description.endswith("who reads with version 7 breaks on data of the new content.")
    assert line == 0
