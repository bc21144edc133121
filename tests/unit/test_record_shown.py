"""A record's fields and bytes as its page shows them."""

import re

from dashboard.records.diff import difference
from dashboard.records.fields import Told, Wanted, shares, told
from dashboard.records.hex_dump import lines
from journal.kafka.records import Record
from journal.models import LedgerRow
from journal.wire.dissector import PartDissection, dissect

KEY = b'\x02{"tenantId":"_","contentHash":"h","contentId":1}'


def record(key: bytes | None, value: bytes | None) -> Record:
    return Record(0, 0, 0, "CreateTime", (("req", b"abc"),), key, value)


def content(text: bytes) -> bytes:
    return b"\x02\x01" + bytes(4) + len(text).to_bytes(4, "big") + text


def shown(value: bytes | None, key: bytes | None = KEY, **windows: int | None) -> Told:
    return told(record(key, value), Wanted(windows))


def value_half(value: bytes, key: bytes = KEY) -> PartDissection:
    half = dissect(key, value).value
    assert half is not None
    return half


def plain(html: str) -> str:
    return re.sub("<[^>]+>", "", html).replace("&quot;", '"')


def test_a_dump_has_hex_and_text_in_columns() -> None:
    found = lines(value_half(b'\x0d{"action":1,"value":"a"}', b"\x0d{}"), "v", 10, None)
    assert [f"{each.label}  {plain(each.html)}" for each in found] == [
        '000000  0d 7b 22 61 63 74 69 6f  6e 22 3a 31 2c 22 76 61  ·{"action":1,"va',
        '000010  6c 75 65 22 3a 22 61 22  7d                       lue":"a"}',
    ]


def test_every_byte_of_a_dump_names_its_field() -> None:
    found = lines(value_half(content(b"<b>")), "v", 10, None)
    runs = re.findall(r'data-of="(v\d+)">([^<]*)<', found[0].html)
    named = [(name, text.strip()) for name, text in runs]
    assert named[:6] == [
        ("v0", "02"),
        ("v1", "01"),
        ("v2", "00 00 00 00"),
        ("v3", "00 00  00 03"),
        ("v4", "3c 62 3e"),
        ("v0", "·"),
    ]
    assert "&lt;b&gt;" in found[0].html


def test_a_long_value_is_folded_but_for_where_fields_begin_and_end() -> None:
    half = value_half(content(b"x" * 1_000_000))
    found = lines(half, "v", 50, None)
    assert len(found) < 20
    assert sum(each.count for each in found) > 999_000
    assert found[-1].count == 0
    more = lines(half, "v", 50, 500_000)
    assert 256 < len(more) < 290
    assert any(each.start == 500_000 for each in more)
    assert sum(each.count or 16 for each in more) >= 1_000_000


def test_the_byte_at_which_reading_stopped_is_marked() -> None:
    found = shown(b'\x09{"action":nil}', b"\x09{}")
    assert found.value is not None
    assert found.value.fault_at == 11
    assert "it is not JSON" in found.value.fault
    assert found.value.lines[0].is_fault
    assert "<mark>6e</mark>" in found.value.lines[0].html
    assert [each.name for each in found.value.fields] == ["message type", "action", "not read"]
    assert found.key is not None
    assert found.key.fault == ""


def test_a_record_without_a_readable_byte_is_shown_too() -> None:
    for key, value in ((None, None), (b"", b""), (b"\xff\xff", b"\x00"), (b"\x01", None)):
        found = told(record(key, value), Wanted({}))
        assert found.fault
        assert (found.key is None) == (key is None)


def test_long_texts_are_cut_until_they_are_asked_for() -> None:
    value = content(b"x" * 10_000)
    cut = shown(value).value
    assert cut is not None
    assert (len(cut.fields[4].text), cut.fields[4].rest) == (2001, 8000)
    whole = told(record(KEY, value), Wanted({}, "v4")).value
    assert whole is not None
    assert (len(whole.fields[4].text), whole.fields[4].rest) == (10_000, 0)


def test_nulls_and_nothing_are_told_apart() -> None:
    found = shown(b'\x0d{"action":1,"value":null}', b"\x0d{}").value
    assert found is not None
    assert found.fields[-1].is_null
    empty = shown(b'\x0d{"action":1,"value":""}', b"\x0d{}").value
    assert empty is not None
    assert empty.fields[-1].is_empty
    absent = shown(b'\x0d{"action":1}', b"\x0d{}").value
    assert absent is not None
    assert absent.absent == ("value",)


def test_times_and_lengths_are_told_in_words() -> None:
    found = shown(b'\x03{"action":1,"createdOn":1500}', b"\x03{}")
    assert found.value is not None
    assert found.value.fields[-1].note == "1970-01-01 00:00:01.500 UTC"
    assert found.writer_time == 1500
    lengths = shown(content(b"abc")).value
    assert lengths is not None
    assert [each.note for each in lengths.fields if each.sort == "length"] == [
        "0: null, nothing follows",
        "bytes follow",
    ]


def test_shares_are_of_key_value_and_headers() -> None:
    found = shares(record(b"k" * 6, b"v" * 88))
    assert [(each.name, each.size, each.words) for each in found] == [
        ("key", 6, "6%"),
        ("value", 88, "88%"),
        ("headers", 6, "6%"),
    ]
    assert found[1].x == 6


def test_two_records_are_compared_field_by_field() -> None:
    old = b'\x03{"action":1,"version":"1","metaData":{"labels":["a","b"],"name":"N"}}'
    new = b'\x03{"action":2,"version":"1","metaData":{"labels":["a","c"]},"latest":true}'
    rows = LedgerRow(content_id=None), LedgerRow(content_id=None)
    found = difference((rows[0], record(b"\x03{}", old)), (rows[1], record(b"\x03{}", new)))
    told_of = {
        f"{each.part} {each.name}": (each.kind, each.old, each.new) for each in found.changes
    }
    assert told_of["value action"] == ("changed", "CREATE", "UPDATE")
    assert told_of["value version"] == ("same", "1", "1")
    assert told_of["value metaData / name"] == ("removed", "N", None)
    assert told_of["value metaData / labels / element 2"] == ("changed", "b", "c")
    assert told_of["value latest"] == ("added", None, "true")
    assert found.count == 4
    assert found.contents is None


def test_contents_that_records_say_are_compared_as_text() -> None:
    row = LedgerRow(content_id=1)
    old, new = (record(KEY, content(text)) for text in (b'{"a":1}', b'{"a":2}'))
    found = difference((row, old), (row, new))
    assert found.contents is not None
    assert (found.contents.added, found.contents.removed) == (1, 1)
    assert "Laid out on lines" in found.source
