"""Protobuf's pairs at all six levels, beside what the runtime decodes of real bytes."""

from typing import Any

import pytest
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Direction, Document, Incompatibility, Severity
from registry.artifact_types.protobuf import compiling
from tests.rules.levels import expected_levels, rejecting_levels
from tests.rules.protobuf_pairs import PAIRS as PAIRS_OF_FIELDS
from tests.rules.protobuf_pairs import N, Pair, S, m
from tests.rules.protobuf_pairs_of_types import ALL_PAIRS_OF_TYPES
from tests.rules.protobuf_runtime import message

PAIRS = [*PAIRS_OF_FIELDS, *ALL_PAIRS_OF_TYPES]


def encoded(text: str) -> bytes:
    return text.encode()


def carried_over(data: Any, before: str, after: str) -> Any:
    """Data of the one file as a reader of the other one has it; None if it can't be read."""
    written = json_format.ParseDict(data, message(before)).SerializePartialToString()
    read = message(after)
    try:
        read.MergeFromString(written)
    except DecodeError:
        return None
    if not read.IsInitialized():
        return None
    return json_format.MessageToDict(read, preserving_proto_field_name=True)


def breaks(
    before: str, after: str, direction: Direction, *, by_wire: bool
) -> list[Incompatibility]:
    checks = get_artifact_type("PROTOBUF").load_checks()
    compare = checks.wire_incompatibilities if by_wire else checks.incompatibilities
    assert compare is not None
    result = compare(Document(encoded(before)), Document(encoded(after)), direction)
    return [each for each in result if each.severity is Severity.ERROR]


def test_there_are_enough_pairs() -> None:
    assert len(PAIRS) >= 60
    assert len({pair.reason for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_a_pair_at_all_levels_by_apicurio_s_rules(pair: Pair) -> None:
    result = rejecting_levels("PROTOBUF", encoded(pair.after), encoded(pair.before))
    assert result == expected_levels("b" not in pair.apicurio, "f" not in pair.apicurio)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_a_pair_at_all_levels_by_confluent_s_rules(pair: Pair) -> None:
    result = rejecting_levels(
        "PROTOBUF", encoded(pair.after), encoded(pair.before), by_confluent_rules=True
    )
    assert result == expected_levels("b" not in pair.confluent, "f" not in pair.confluent)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_the_runtime_agrees(pair: Pair) -> None:
    """What is shown to break is lost or changed; what is kept is read as it was written."""
    if pair.shown is not None:
        assert "b" in pair.confluent
        assert carried_over(pair.shown, pair.before, pair.after) != pair.shown
    if pair.kept is not None:
        assert "b" not in pair.confluent
        read = carried_over(pair.kept, pair.before, pair.after)
        assert read is not None
        again = message(pair.after)
        json_format.ParseDict(read, again)
        was = json_format.ParseDict(pair.kept, message(pair.before))
        known = set(message(pair.after).DESCRIPTOR.fields_by_number)
        lost = {field.number for field, _ in was.ListFields()} - known
        assert lost or again.SerializeToString() == was.SerializeToString()
    if pair.kept is not None and "b" not in pair.apicurio:
        # Fields and constants that the new file has no more are ignored, and their numbers kept.
        document = json_format.MessageToJson(was, use_integers_for_enums=True)
        from_json = json_format.Parse(document, message(pair.after), ignore_unknown_fields=True)
        assert json_format.MessageToDict(from_json, preserving_proto_field_name=True) == read


#: Values of each type, which types of other bytes read as another value if at all.
VALUES: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(("int32", "int64", "uint32", "uint64"), (1,)),
    **dict.fromkeys(("fixed32", "fixed64", "sfixed32", "sfixed64"), (1,)),
    **dict.fromkeys(("sint32", "sint64"), (1, -1)),
    **dict.fromkeys(("float", "double"), (1.5,)),
    **dict.fromkeys(("string", "bytes"), ("YWI=",)),
    "bool": (True,),
    "E": ("B",),
    "N": ({"a": "ab"},),
}


@pytest.mark.parametrize("old", VALUES)
def test_types_of_the_same_bytes_are_those_that_the_runtime_reads(old: str) -> None:
    sources = {
        each: m(f"{each} x = 1;", f"enum E {{ A = 0; B = 1; }} {N} message O {{}}")
        for each in VALUES
    }
    for new in VALUES:
        written = [message(sources[old]) for _ in VALUES[old]]
        for each, value in zip(written, VALUES[old], strict=True):
            json_format.ParseDict({"x": value}, each)
        is_read = all(_is_read(each, sources[new]) for each in written)
        for direction in Direction:
            older, newer = (old, new) if direction is Direction.BACKWARD else (new, old)
            found = breaks(sources[older], sources[newer], direction, by_wire=True)
            assert bool(found) != is_read, (old, new)


def _is_read(written: Message, text: str) -> bool:
    """Return whether a message of that source has the same value after reading the bytes."""
    read = message(text)
    try:
        read.ParseFromString(written.SerializeToString())
    except DecodeError:
        return False
    values = [next((value for _, value in each.ListFields()), None) for each in (written, read)]
    if all(isinstance(value, Message) for value in values):
        return str(values[0]) == str(values[1])
    old, new = (value.encode() if isinstance(value, str) else value for value in values)
    return bool(old == new)


def test_an_incompatibility_has_its_path_and_line() -> None:
    before, after = (m(f"\n{field}") for field in (S, "int32 s = 1;"))
    for direction in Direction:
        (result,) = breaks(before, after, direction, by_wire=False)
        assert (result.path, result.line, result.is_in_older) == ("M.s", 2, False)
        assert result.message == "The type of M.s was string and is int32"


def test_a_failed_run_of_protoc_is_not_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document(encoded(m("string not_seen_before = 77;")))
    monkeypatch.setattr(compiling, "_PROTOC", compiling._PROTOC.with_name("no-such-protoc"))
    (result,) = get_artifact_type("PROTOBUF").load_checks().violations(document)
    assert "protoc can't be run here" in result.message
    monkeypatch.undo()
    assert get_artifact_type("PROTOBUF").load_checks().violations(document) == []
