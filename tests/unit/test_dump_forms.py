"""Records written as dumps and read again; offsets told beside what they were."""

from pathlib import Path

import pytest

from journal.dumps.reading import read_ordered
from journal.dumps.renumbering import Renumbering
from journal.dumps.writing import FORMATS, RoundTrips
from journal.kafka.records import Record

CAPTURES = Path(__file__).parent.parent / "data" / "captures"
NAMES = ["2.1.3", "2.6.13", "bug-2.1.3-before", "bug-2.1.3-after"]
EXACT = ["envelope-base64", "jsonl"]


def captured(name: str) -> list[Record]:
    with (CAPTURES / f"{name}.jsonl").open("rb") as lines:
        return list(read_ordered(lines))


def strange() -> list[Record]:
    """What no registry writes: bytes without a type, empty ones, none, headers that are no text."""
    pairs: list[tuple[bytes | None, bytes | None]] = [
        (b"hello", b"world"),
        (b"EnsidXVpZCI6ImNvbXBhY3QifQ==", b"abcd"),
        (b"", b""),
        (None, None),
        (b"\xff\xfe", b"\x02\x00\x80\xed\xa0\x80"),
        (b"\x02", b"\x02" + bytes(range(256))),
        ("\u20ac\u2028\ufffd".encode(), b'"\\/\x7f\x1b'),
    ]
    headers = (("req", b"\xff\x00"), ("req", None), ("", b""))
    return [
        Record(at % 2, at, at, "CreateTime", headers, key, value)
        for at, (key, value) in enumerate(pairs)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_envelope_is_kcats_to_the_byte_but_for_the_brokers_id(name: str) -> None:
    theirs = (CAPTURES / f"{name}-kcat.jsonl").read_bytes().splitlines(keepends=True)
    ours = [FORMATS["envelope"]("kafkasql-journal", record) for record in captured(name)]
    assert ours == [line.replace(b'"broker":1,', b'"broker":-1,') for line in theirs]


@pytest.mark.parametrize("form", EXACT)
@pytest.mark.parametrize("name", NAMES)
def test_a_capture_comes_back_from_an_exact_form_as_it_was(name: str, form: str) -> None:
    records = captured(name)
    assert list(read_ordered(FORMATS[form]("t", record) for record in records)) == records


@pytest.mark.parametrize("form", EXACT)
def test_bytes_of_any_kind_come_back_from_an_exact_form(form: str) -> None:
    records = strange()
    assert list(read_ordered(FORMATS[form]("t", record) for record in records)) == records


def test_only_a_line_that_would_be_mistaken_says_that_it_is_base64() -> None:
    for name in NAMES:
        for record in captured(name):
            assert b'"encoding"' not in FORMATS["envelope-base64"]("t", record)


def test_what_does_not_survive_the_envelope_is_counted() -> None:
    survival = RoundTrips()
    for record in strange():
        survival.add(record, FORMATS["envelope"]("t", record))
    # All hold a header that is no text; one key looks like base64, and one content is damaged.
    assert (survival.written, survival.not_text, survival.lost) == (7, 7, 1)


def test_a_capture_survives_the_envelope_unless_it_is_read_as_text() -> None:
    survival = RoundTrips()
    for record in captured("2.1.3"):
        survival.add(record, FORMATS["envelope"]("t", record))
    assert survival.lost == 0
    assert survival.not_text > 0


def test_gaps_close_and_old_offsets_are_reported() -> None:
    numbers = Renumbering({0: 0, 1: 5})
    for old in (0, 1, 3, 5, 6):
        numbers.add(0, old)
    numbers.add(1, 5)
    assert numbers.changes
    assert numbers.sentences() == [
        "Partition 0: offsets 0 to 6, without 2, 4, are now 0 to 4.",
        "Partition 1: offsets 5 to 5 are now 5 to 5.",
    ]
    assert numbers.document()[0] == {
        "partition": 0,
        "old": {"first": 0, "last": 6},
        "new": {"first": 0, "last": 4},
        "missing": 2,
        "runs": [
            {"old": 0, "new": 0, "count": 2},
            {"old": 3, "new": 2, "count": 1},
            {"old": 5, "new": 3, "count": 2},
        ],
    }


def test_unchanged_offsets_are_reported_as_unchanged() -> None:
    numbers = Renumbering({0: 0})
    numbers.add(0, 0)
    numbers.add(0, 1)
    assert not numbers.changes
    assert numbers.sentences() == ["Every record has the offset that it had."]
