"""Protobuf's pairs at all six levels, beside what the runtime decodes of real bytes."""

import json
from typing import Any

import pytest
from google.protobuf import descriptor_pool, json_format, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.message import DecodeError, Message

from registry.artifact_types import get_artifact_type
from registry.artifact_types.checks import Document, Incompatibility, Severity
from registry.artifact_types.protobuf import compiling
from registry.artifact_types.protobuf.compiling import CompiledFile, compile_document
from tests.rules.levels import expected_levels, rejecting_levels
from tests.rules.protobuf_pairs import PAIRS, Pair, m


def encoded(text: str) -> bytes:
    return text.encode()


def message(text: str) -> Message:
    """An empty M."""
    result = compile_document(Document(encoded(text)))
    assert isinstance(result, CompiledFile), result
    pool = descriptor_pool.DescriptorPool()
    file = FileDescriptorProto()
    file.CopyFrom(result.file)
    pool.Add(file)
    name = f"{file.package}.M" if file.package else "M"
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))()


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


def by_number(data: dict[str, Any], text: str) -> dict[int, Any]:
    """Names may change on the wire, numbers not."""
    fields = message(text).DESCRIPTOR.fields_by_name
    return {fields[name].number: value for name, value in data.items()}


def breaks(text: str, other: str, *, by_wire: bool) -> list[Incompatibility]:
    checks = get_artifact_type("PROTOBUF").load_checks()
    compare = checks.wire_incompatibilities if by_wire else checks.incompatibilities
    assert compare is not None
    result = compare(Document(encoded(text)), Document(encoded(other)))
    return [each for each in result if each.severity is Severity.ERROR]


def test_there_are_enough_pairs() -> None:
    assert len(PAIRS) >= 60
    assert len({pair.reason for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_a_pair_at_all_levels_by_apicurio_s_rules(pair: Pair) -> None:
    result = rejecting_levels("PROTOBUF", encoded(pair.after), encoded(pair.before))
    assert result == expected_levels("b" not in pair.apicurio, "f" not in pair.apicurio)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.reason)
def test_a_pair_by_confluent_s_rules(pair: Pair) -> None:
    backward = breaks(pair.after, pair.before, by_wire=True)
    forward = breaks(pair.before, pair.after, by_wire=True)
    assert (bool(backward), bool(forward)) == ("b" in pair.confluent, "f" in pair.confluent)


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


def test_an_incompatibility_has_its_path_and_line() -> None:
    before = m("string s = 1;").replace("{", "{\n")
    after = m("int32 s = 1;").replace("{", "{\n")
    (result,) = breaks(after, before, by_wire=False)
    assert (result.path, result.line) == ("M.s", 2)
    assert result.message == "The type of M.s was string and is int32"


def test_types_of_references_are_known_by_their_full_names() -> None:
    checks = get_artifact_type("PROTOBUF").load_checks()
    assert checks.incompatibilities is not None
    content = encoded('syntax = "proto3"; import "n.proto"; message M { x.N n = 1; }')
    reference = encoded('syntax = "proto3"; package x; message N { string a = 1; }')
    document = Document(content, {"n.proto": reference})
    assert checks.violations(document) == []
    assert checks.incompatibilities(document, document) == []
    (missing, *_) = checks.violations(Document(content))
    assert missing.message == "File not found"
    assert missing.hint == "Add a reference of that name."


def test_a_changed_label_is_a_warning() -> None:
    checks = get_artifact_type("PROTOBUF").load_checks()
    assert checks.incompatibilities is not None
    before, after = m("string s = 1;"), m("repeated string s = 1;")
    (result,) = checks.incompatibilities(Document(encoded(after)), Document(encoded(before)))
    assert result.severity is Severity.WARNING
    assert json.dumps(result.message)


def test_a_failed_run_of_protoc_is_not_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document(encoded(m("string not_seen_before = 77;")))
    monkeypatch.setattr(compiling, "_PROTOC", compiling._PROTOC.with_name("no-such-protoc"))
    (result,) = get_artifact_type("PROTOBUF").load_checks().violations(document)
    assert "protoc can't be run here" in result.message
    monkeypatch.undo()
    assert get_artifact_type("PROTOBUF").load_checks().violations(document) == []
