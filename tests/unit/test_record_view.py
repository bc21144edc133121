"""A record's fields and bytes as its page shows them."""

import re

from dashboard.records.diff import diff_records
from dashboard.records.fields import RecordView, ViewOptions, record_view, size_shares
from dashboard.records.hex_dump import dump_lines
from journal.kafka.records import Record
from journal.models import LedgerRow
from journal.wire.dissector import PartDissection, dissect

KEY = b'\x02{"tenantId":"_","contentHash":"h","contentId":1}'


def record(key: bytes | None, value: bytes | None) -> Record:
    return Record(0, 0, 0, "CreateTime", (("req", b"abc"),), key, value)


def content(text: bytes) -> bytes:
    return b"\x02\x01" + bytes(4) + len(text).to_bytes(4, "big") + text


def shown(value: bytes | None, key: bytes | None = KEY, **windows: int | None) -> RecordView:
    return record_view(dissect(key, value), ViewOptions(windows))


def value_half(value: bytes, key: bytes = KEY) -> PartDissection:
    half = dissect(key, value).value
    assert half is not None
    return half


def plain(html: str) -> str:
    return re.sub("<[^>]+>", "", html).replace("&quot;", '"')


def test_a_dump_has_hex_and_text_in_columns() -> None:
    lines = dump_lines(value_half(b'\x0d{"action":1,"value":"a"}', b"\x0d{}"), "v", 10, None)
    assert [f"{line.label}  {plain(line.html)}" for line in lines] == [
        '000000  0d 7b 22 61 63 74 69 6f  6e 22 3a 31 2c 22 76 61  ·{"action":1,"va',
        '000010  6c 75 65 22 3a 22 61 22  7d                       lue":"a"}',
    ]


def test_every_byte_of_a_dump_names_its_field() -> None:
    lines = dump_lines(value_half(content(b"<b>")), "v", 10, None)
    runs = re.findall(r'data-of="(v\d+)">([^<]*)<', lines[0].html)
    named = [(name, text.strip()) for name, text in runs]
    assert named[:6] == [
        ("v0", "02"),
        ("v1", "01"),
        ("v2", "00 00 00 00"),
        ("v3", "00 00  00 03"),
        ("v4", "3c 62 3e"),
        ("v0", "·"),
    ]
    assert "&lt;b&gt;" in lines[0].html


def test_a_long_value_is_folded_but_for_where_fields_begin_and_end() -> None:
    half = value_half(content(b"x" * 1_000_000))
    lines = dump_lines(half, "v", 50, None)
    assert len(lines) < 20
    assert sum(line.count for line in lines) > 999_000
    assert lines[-1].count == 0
    more = dump_lines(half, "v", 50, 500_000)
    assert 256 < len(more) < 290
    assert any(line.start == 500_000 for line in more)
    assert sum(line.count or 16 for line in more) >= 1_000_000


def test_the_byte_at_which_reading_stopped_is_marked() -> None:
    view = shown(b'\x09{"action":nil}', b"\x09{}")
    assert view.value is not None
    assert view.value.fault_at == 11
    assert "it is not JSON" in view.value.fault
    assert view.value.lines[0].is_fault
    assert "<mark>6e</mark>" in view.value.lines[0].html
    assert [field.name for field in view.value.fields] == ["message type", "action", "not read"]
    assert view.key is not None
    assert view.key.fault == ""


def test_a_record_without_a_readable_byte_is_shown_too() -> None:
    for key, value in ((None, None), (b"", b""), (b"\xff\xff", b"\x00"), (b"\x01", None)):
        view = record_view(dissect(key, value), ViewOptions({}))
        assert view.fault
        assert (view.key is None) == (key is None)


def test_long_texts_are_cut_unless_shown_in_full() -> None:
    value = content(b"x" * 10_000)
    cut = shown(value).value
    assert cut is not None
    assert (len(cut.fields[4].text), cut.fields[4].rest) == (2001, 8000)
    whole = record_view(dissect(KEY, value), ViewOptions({}, "v4")).value
    assert whole is not None
    assert (len(whole.fields[4].text), whole.fields[4].rest) == (10_000, 0)


def test_null_empty_and_absent_are_distinguished() -> None:
    view = shown(b'\x0d{"action":1,"value":null}', b"\x0d{}").value
    assert view is not None
    assert view.fields[-1].is_null
    empty = shown(b'\x0d{"action":1,"value":""}', b"\x0d{}").value
    assert empty is not None
    assert empty.fields[-1].is_empty
    absent = shown(b'\x0d{"action":1}', b"\x0d{}").value
    assert absent is not None
    assert absent.absent == ("value",)


def test_times_and_lengths_have_notes() -> None:
    view = shown(b'\x03{"action":1,"createdOn":1500}', b"\x03{}")
    assert view.value is not None
    assert view.value.fields[-1].note == "1970-01-01 00:00:01.500 UTC"
    assert view.writer_time == 1500
    lengths = shown(content(b"abc")).value
    assert lengths is not None
    assert [field.note for field in lengths.fields if field.sort == "length"] == [
        "0: null, nothing follows",
        "bytes follow",
    ]


def test_shares_are_of_key_value_and_headers() -> None:
    shares = size_shares(record(b"k" * 6, b"v" * 88))
    assert [(share.name, share.size, share.words) for share in shares] == [
        ("key", 6, "6%"),
        ("value", 88, "88%"),
        ("headers", 6, "6%"),
    ]
    assert shares[1].x == 6


def test_two_records_are_compared_field_by_field() -> None:
    old = b'\x03{"action":1,"version":"1","metaData":{"labels":["a","b"],"name":"N"}}'
    new = b'\x03{"action":2,"version":"1","metaData":{"labels":["a","c"]},"latest":true}'
    rows = LedgerRow(content_id=None), LedgerRow(content_id=None)
    diff = diff_records((rows[0], dissect(b"\x03{}", old)), (rows[1], dissect(b"\x03{}", new)))
    changes = {
        f"{change.part} {change.name}": (change.kind, change.old, change.new)
        for change in diff.changes
    }
    assert changes["value action"] == ("changed", "CREATE", "UPDATE")
    assert changes["value version"] == ("same", "1", "1")
    assert changes["value metaData / name"] == ("removed", "N", None)
    assert changes["value metaData / labels / element 2"] == ("changed", "b", "c")
    assert changes["value latest"] == ("added", None, "true")
    assert diff.count == 4
    assert diff.contents is None


def test_contents_of_records_are_compared_as_text() -> None:
    row = LedgerRow(content_id=1)
    old, new = (dissect(KEY, content(text)) for text in (b'{"a":1}', b'{"a":2}'))
    diff = diff_records((row, old), (row, new))
    assert diff.contents is not None
    assert (diff.contents.added, diff.contents.removed) == (1, 1)
    assert "Laid out on lines" in diff.source
