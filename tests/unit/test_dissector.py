"""Byte ranges of a record's fields, compared with the codec."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.wire.codec import Undecodable, decode, encode
from journal.wire.dissector import Dissection, PartDissection, dissect
from journal.wire.layouts import VALUES
from journal.wire.messages import Message, MessageType
from tests.unit.test_codec import Row, row_bytes, rows
from tests.unit.test_codec_properties import almost_valid
from tests.unit.test_codec_properties import messages_of as message_of

MESSAGES = st.sampled_from(MessageType).flatmap(message_of)


def fields(part: PartDissection) -> dict[str, Any]:
    """What span attribute was read as."""
    return {span.attribute: span.value for span in part.spans if span.attribute}


def assert_covered(dissection: Dissection) -> None:
    for part in (dissection.key, dissection.value):
        position = 0
        for start, end, index in () if part is None else part.innermost_spans():
            assert start == position < end
            span = part.spans[index] if part is not None else None
            assert span is not None
            assert span.start <= start
            assert end <= span.end
            position = end
        assert position == (0 if part is None else len(part.data))


def decoded_or_fault(key: bytes | None, value: bytes | None) -> Message | Undecodable:
    try:
        return decode(key, value)
    except Undecodable as error:
        return error


def assert_same_as_codec(key: bytes | None, value: bytes | None, dissection: Dissection) -> None:
    message = decoded_or_fault(key, value)
    if isinstance(message, Undecodable):
        part = dissection.key if message.part == "key" else dissection.value
        assert dissection.fault == str(message)
        if part is not None:
            assert part.fault_at is not None
            assert 0 <= part.fault_at <= len(part.data)
        return
    assert dissection.fault == ""
    for part, decoded in ((dissection.key, message.key), (dissection.value, message.value)):
        if part is None or decoded is None:
            assert part is None
            assert decoded is None
            continue
        assert part.fault_at is None
        values = fields(part)
        for name in decoded.__struct_fields__:
            default = getattr(type(decoded)(), name)
            assert values.pop(name, default) == getattr(decoded, name), name
        assert values == {}


@pytest.mark.parametrize("row", rows("*.jsonl"))
def test_the_fields_of_a_vector_are_what_the_codec_reads(row: Row) -> None:
    key, value = row_bytes(row)
    dissection = dissect(key, value)
    assert_covered(dissection)
    assert_same_as_codec(key, value, dissection)


@given(MESSAGES)
def test_the_fields_of_any_message_are_what_the_codec_reads(message: Message) -> None:
    key, value = encode(message)
    dissection = dissect(key, value)
    assert_covered(dissection)
    assert_same_as_codec(key, value, dissection)


@given(almost_valid(VALUES))
def test_odd_spellings_are_read_as_the_codec_reads_them(value: bytes) -> None:
    key = value[:1] + b"{}"
    dissection = dissect(key, value)
    assert_covered(dissection)
    assert_same_as_codec(key, value, dissection)


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
    dissection = dissect(key, value)
    assert_covered(dissection)
    assert_same_as_codec(key, value, dissection)


@given(st.sampled_from(range(20)), st.binary(max_size=80))
def test_bytes_of_no_message_are_covered_too(kind: int, rest: bytes) -> None:
    for pair in ((bytes((kind,)) + rest, rest), (b"\x03{}", bytes((kind,)) + rest)):
        assert_covered(dissect(*pair))


def test_a_range_leads_to_the_bytes_that_it_names() -> None:
    value = b'\x03{"action":1, "metaData" : {"name":"N\\u00e4me","labels":["a"]},"latest":true}'
    part = dissect(b"\x03{}", value).value
    assert part is not None
    spelled = {span.name: value[span.start : span.end] for span in part.spans}
    assert spelled["metaData"] == b'"metaData" : {"name":"N\\u00e4me","labels":["a"]}'
    assert spelled["name"] == b'"name":"N\\u00e4me"'
    assert spelled["element"] == b'"a"'
    assert spelled["latest"] == b'"latest":true'
    assert [span.value for span in part.spans if span.name == "name"] == ["Näme"]
    assert part.absent[:2] == ("state", "globalId")


def test_lengths_of_the_binary_value_have_notes() -> None:
    value = b"\x02\x01" + (0).to_bytes(4, "big") + (3).to_bytes(4, "big") + b"{ }"
    part = dissect(b'\x02{"contentId":1}', value).value
    assert part is not None
    spans = [(span.start, span.end, span.name, span.note) for span in part.spans]
    assert spans == [
        (0, 1, "message type", "type 2"),
        (1, 2, "action", "1"),
        (2, 6, "length of canonicalHash", "0: null, nothing follows"),
        (6, 10, "length of content", "bytes follow"),
        (10, 13, "content", ""),
    ]
    assert part.absent == ("serializedReferences",)


@pytest.mark.parametrize(
    ("value", "position"),
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
def test_the_byte_at_which_reading_ends_is_found(value: bytes, position: int) -> None:
    dissection = dissect(b"\x09{}", value)
    assert dissection.fault_part == "value"
    assert dissection.value is not None
    assert dissection.value.fault_at == position


def test_the_fields_before_the_failure_are_listed() -> None:
    part = dissect(b"\x03{}", b'\x03{"action":1,"state":"ENABLED","version":\x00"1"}').value
    assert part is not None
    assert part.spans[-2].value is None
    assert part.spans[-2].note == "it breaks off"
    assert [span.name for span in part.spans if span.kind != "spelling"] == [
        "message type", "action", "state", "version", "not read",
    ]  # fmt: skip


def test_deep_and_endless_json_is_cut_short() -> None:
    deep = b"\x09" + b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    many = b"\x09{" + b",".join(b'"%d":1' % number for number in range(20_000)) + b"}"
    for value in (deep, many):
        dissection = dissect(b"\x09{}", value)
        assert_covered(dissection)
        assert dissection.value is not None
        assert len(dissection.value.spans) <= 310


def test_a_field_that_is_there_twice_counts_once() -> None:
    value = b'\x0d{"action":1,"value":"a","value":"b"}'
    part = dissect(b"\x0d{}", value).value
    assert part is not None
    assert fields(part)["value"] == "b"
    assert next(span.note for span in part.spans if span.name == "value").startswith("said again")
