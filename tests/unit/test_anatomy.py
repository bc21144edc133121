"""Byte ranges of a record's fields, held against the codec."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.wire.codec import Undecodable, decode, encode
from journal.wire.dissector import Dissection, PartDissection, dissect
from journal.wire.layouts import VALUES
from journal.wire.messages import Message, MessageType
from tests.unit.test_codec import Row, bytes_of, rows
from tests.unit.test_codec_properties import message as message_of
from tests.unit.test_codec_properties import nearly

MESSAGES = st.sampled_from(MessageType).flatmap(message_of)


def fields(half: PartDissection) -> dict[str, Any]:
    """What each attribute was read as."""
    return {each.attribute: each.value for each in half.spans if each.attribute}


def assert_tiled(found: Dissection) -> None:
    for half in (found.key, found.value):
        at = 0
        for start, end, index in () if half is None else half.innermost_spans():
            assert start == at < end
            span = half.spans[index] if half is not None else None
            assert span is not None
            assert span.start <= start
            assert end <= span.end
            at = end
        assert at == (0 if half is None else len(half.data))


def decoded_or_fault(key: bytes | None, value: bytes | None) -> Message | Undecodable:
    try:
        return decode(key, value)
    except Undecodable as fault:
        return fault


def assert_same_as_codec(key: bytes | None, value: bytes | None, found: Dissection) -> None:
    message = decoded_or_fault(key, value)
    if isinstance(message, Undecodable):
        half = found.key if message.part == "key" else found.value
        assert found.fault == str(message)
        if half is not None:
            assert half.fault_at is not None
            assert 0 <= half.fault_at <= len(half.data)
        return
    assert found.fault == ""
    for half, part in ((found.key, message.key), (found.value, message.value)):
        if half is None or part is None:
            assert half is None
            assert part is None
            continue
        assert half.fault_at is None
        read = fields(half)
        for name in part.__struct_fields__:
            default = getattr(type(part)(), name)
            assert read.pop(name, default) == getattr(part, name), name
        assert read == {}


@pytest.mark.parametrize("row", rows("*.jsonl"))
def test_the_fields_of_a_vector_are_what_the_codec_reads(row: Row) -> None:
    key, value = bytes_of(row)
    found = dissect(key, value)
    assert_tiled(found)
    assert_same_as_codec(key, value, found)


@given(MESSAGES)
def test_the_fields_of_any_message_are_what_the_codec_reads(message: Message) -> None:
    key, value = encode(message)
    found = dissect(key, value)
    assert_tiled(found)
    assert_same_as_codec(key, value, found)


@given(nearly(VALUES))
def test_odd_spellings_are_read_as_the_codec_reads_them(value: bytes) -> None:
    key = value[:1] + b"{}"
    found = dissect(key, value)
    assert_tiled(found)
    assert_same_as_codec(key, value, found)


@given(MESSAGES, st.data())
def test_damaged_bytes_are_covered_up_to_the_last(message: Message, data: st.DataObject) -> None:
    key, value = encode(message)
    assert value is None or len(value) > 1
    whole = bytearray(value or key)
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    if value is None:
        key = damaged
    else:
        value = damaged
    found = dissect(key, value)
    assert_tiled(found)
    assert_same_as_codec(key, value, found)


@given(st.sampled_from(range(20)), st.binary(max_size=80))
def test_bytes_of_no_message_are_covered_too(kind: int, rest: bytes) -> None:
    for pair in ((bytes((kind,)) + rest, rest), (b"\x03{}", bytes((kind,)) + rest)):
        assert_tiled(dissect(*pair))


def test_a_range_leads_to_the_bytes_that_it_names() -> None:
    value = b'\x03{"action":1, "metaData" : {"name":"N\\u00e4me","labels":["a"]},"latest":true}'
    found = dissect(b"\x03{}", value).value
    assert found is not None
    spelled = {each.name: value[each.start : each.end] for each in found.spans}
    assert spelled["metaData"] == b'"metaData" : {"name":"N\\u00e4me","labels":["a"]}'
    assert spelled["name"] == b'"name":"N\\u00e4me"'
    assert spelled["element"] == b'"a"'
    assert spelled["latest"] == b'"latest":true'
    assert [each.value for each in found.spans if each.name == "name"] == ["Näme"]
    assert found.absent[:2] == ("state", "globalId")


def test_lengths_of_the_binary_value_are_told_in_words() -> None:
    value = b"\x02\x01" + (0).to_bytes(4, "big") + (3).to_bytes(4, "big") + b"{ }"
    found = dissect(b'\x02{"contentId":1}', value).value
    assert found is not None
    told = [(each.start, each.end, each.name, each.note) for each in found.spans]
    assert told == [
        (0, 1, "message type", "type 2"),
        (1, 2, "action", "1"),
        (2, 6, "length of canonicalHash", "0: null, nothing follows"),
        (6, 10, "length of content", "bytes follow"),
        (10, 13, "content", ""),
    ]
    assert found.absent == ("serializedReferences",)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (b'\x09{"action":1', 11),
        (b'\x09{"action":1,"a":nil}', 17),
        (b'\x09{"action":1,"a":"\xff"}', 18),
        (b'\x09{"action":99}', 2),
        (b"\x09[1]", 1),
        (b"\x09", 0),
        (b"\x08{}", 0),
        (b"", 0),
    ],
)
def test_the_byte_at_which_reading_ends_is_found(value: bytes, at: int) -> None:
    found = dissect(b"\x09{}", value)
    assert found.fault_part == "value"
    assert found.value is not None
    assert found.value.fault_at == at


def test_what_comes_before_the_failure_is_told() -> None:
    found = dissect(b"\x03{}", b'\x03{"action":1,"state":"ENABLED","version":\x00"1"}').value
    assert found is not None
    assert found.spans[-2].value is None
    assert found.spans[-2].note == "it breaks off"
    assert [each.name for each in found.spans if each.sort != "spelling"] == [
        "message type", "action", "state", "version", "not read",
    ]  # fmt: skip


def test_deep_and_endless_json_is_cut_short() -> None:
    deep = b"\x09" + b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    many = b"\x09{" + b",".join(b'"%d":1' % each for each in range(20_000)) + b"}"
    for value in (deep, many):
        found = dissect(b"\x09{}", value)
        assert_tiled(found)
        assert found.value is not None
        assert len(found.value.spans) <= 310


def test_a_field_that_is_said_twice_counts_once() -> None:
    value = b'\x0d{"action":1,"value":"a","value":"b"}'
    found = dissect(b"\x0d{}", value).value
    assert found is not None
    assert fields(found)["value"] == "b"
    assert next(each.note for each in found.spans if each.name == "value").startswith("said again")
