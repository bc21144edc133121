"""Dumps of real topics, read in every form they come in."""

import bz2
import gzip
import json
import lzma
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from journal.dumps import reading
from journal.dumps.reading import DumpError, DumpReader
from journal.kafka.records import Record
from journal.wire.codec import decode, encode
from journal.wire.messages import Action, ContentKey, ContentValue, Form, Message

DATA = Path(__file__).parent.parent / "data"
CAPTURES = DATA / "captures"
NAMES = ["2.1.3", "2.6.13", "bug-2.1.3-before", "bug-2.1.3-after"]
REFERENCE = '{"groupId":null,"artifactId":"a€","version":"1","name":"a"}'
REFERENCES = f"[{REFERENCE},{REFERENCE},{REFERENCE}]"


def records(path: Path) -> list[Record]:
    with path.open("rb") as lines:
        return list(DumpReader(lines))


def line(key: str | None = None, payload: str | None = None, **more: Any) -> bytes:
    row = {"partition": 0, "offset": 3, "tstype": "create", "ts": 5, "headers": ["req", "r"]}
    return json.dumps(row | {"key": key, "payload": payload} | more).encode()


def as_text(held: bytes) -> str:
    """What a dump by way of text makes of bytes."""
    return held.decode("utf-8", "replace")


def content(
    text: bytes, references: str | None, form: Form, hashed: bytes | None = None
) -> Message:
    name = sha256(hashed or text).hexdigest()
    value = ContentValue(Action.CREATE, "c" * 64, text, references)
    return Message(ContentKey("_", name, 1), value, form)


def test_the_incident_dump_has_twelve_records_with_the_right_hashes() -> None:
    with (DATA / "incident-dump.jsonl").open("rb") as lines:
        reader = DumpReader(lines)
        found = list(reader)
    assert [each.offset for each in found] == [0, 1, 3, *range(5, 14)]
    contents = 0
    for each in found:
        message = decode(each.key, each.value)
        if isinstance(message.value, ContentValue):
            assert isinstance(message.key, ContentKey)
            assert message.value.content is not None
            assert sha256(message.value.content).hexdigest() == message.key.content_hash
            contents += 1
    assert contents == reader.rebuilt == 3


@pytest.mark.parametrize("name", NAMES)
def test_kcats_envelope_and_the_captured_bytes_are_the_same_records(name: str) -> None:
    captured = records(CAPTURES / f"{name}.jsonl")
    assert captured
    assert records(CAPTURES / f"{name}-kcat.jsonl") == captured


@pytest.mark.parametrize("name", NAMES)
def test_every_captured_record_encodes_to_its_own_bytes(name: str) -> None:
    for each in records(CAPTURES / f"{name}.jsonl"):
        assert encode(decode(each.key, each.value)) == (each.key, each.value)


@pytest.mark.parametrize("name", NAMES)
def test_a_capture_spoiled_by_text_is_rebuilt_to_the_same_bytes(name: str) -> None:
    for each in records(CAPTURES / f"{name}.jsonl"):
        key = None if each.key is None else as_text(each.key)
        value = None if each.value is None else as_text(each.value)
        reader = DumpReader([line(key, value)])
        (found,) = reader
        assert (found.key, found.value) == (each.key, each.value)
        assert reader.rebuilt == (value is not None and value.encode() != each.value)


@pytest.mark.parametrize("name", NAMES)
def test_kcat_with_base64_gives_the_same_bytes(name: str) -> None:
    rows = map(json.loads, (CAPTURES / f"{name}.jsonl").read_text().splitlines())
    for row in rows:
        (found,) = DumpReader([line(row["key_b64"], row["value_b64"])])
        assert found.key == b64decode(row["key_b64"])
        assert found.value == (row["value_b64"] and b64decode(row["value_b64"]))


# Lengths whose bytes are damaged alone, in a row, merged into one, or read as other characters.
@pytest.mark.parametrize("size", [0x80, 0x89, 0xFF, 0x8080, 0xC3A9, 0xE282, 0xFFFF, 0x18080])
@pytest.mark.parametrize(
    ("references", "form"),
    [(None, Form(references=False)), (None, Form()), (REFERENCES, Form())],
)
def test_a_lost_length_is_proven_by_the_hash(size: int, references: str | None, form: Form) -> None:
    message = content(b"\xe2\x82\xac" + b"x" * (size - 3), references, form)
    key, value = encode(message)
    assert value is not None
    (found,) = DumpReader([line(as_text(key), as_text(value))])
    assert found.value == value


def test_a_hash_over_content_and_references_proves_as_well() -> None:
    text = b"y" * 200
    message = content(text, REFERENCES, Form(), hashed=text + REFERENCES.encode())
    key, value = encode(message)
    assert value is not None
    reader = DumpReader([line(as_text(key), as_text(value))])
    (found,) = reader
    assert found.value == value
    assert reader.rebuilt


def test_a_replacement_character_in_the_content_itself_is_preserved() -> None:
    key, value = encode(content("\ufffd is text".encode(), None, Form()))
    assert value is not None
    reader = DumpReader([line(as_text(key), as_text(value))])
    (found,) = reader
    assert (found.value, reader.rebuilt) == (value, 0)


def test_content_that_cannot_be_proven_is_rejected_with_its_line() -> None:
    key, value = encode(content(b"\xff" * 200, None, Form()))
    assert value is not None
    with pytest.raises(DumpError, match=r"^line 3: .*length bytes were lost") as caught:
        list(DumpReader([line(), b"\n", line(as_text(key), as_text(value))]))
    assert caught.value.line_number == 3


def test_a_captured_record_keeps_headers_times_and_tombstones() -> None:
    row = {
        "partition": 1, "offset": 2, "timestamp": 7, "timestamp_type": "LogAppendTime",
        "headers": [{"key": "req", "value_b64": b64encode(b"r").decode()},
                    {"key": "x", "value_b64": None}],
        "key_b64": b64encode(b"\x09{}").decode(), "value_b64": None,
    }  # fmt: skip
    assert list(DumpReader([json.dumps(row).encode()])) == [
        Record(1, 2, 7, "LogAppendTime", (("req", b"r"), ("x", None)), b"\x09{}", None)
    ]


@pytest.mark.parametrize(
    ("damaged", "reason"),
    [
        (b"{", "it is not JSON"),
        (b"[" * 200_000 + b"\xff", "it is not JSON"),
        (b"[]", "it is not a JSON object"),
        (b"{}", "it has neither"),
        (line(partition="0"), "its partition is not a number"),
        (line(headers=["req"]), "its headers are not a list of names and values"),
        (line(headers=[1, 2]), "a header is not text"),
        (line(key_b64="?"), "its key_b64 is not base64"),
        (line(key=7), "its key is not text"),  # type: ignore[arg-type]
        (line("c", "\x02\x01\0\0\0\ufffd"), "its content is damaged and so is its key"),
        (
            line("\x09{}", "\x02\x01\0\0\0\ufffd"),
            "its content is damaged and its key",
        ),
        (line('\x02{"contentHash":"h"}', "\x02\x01\0\0\0\ufffd"), "its canonical hash's length"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(damaged: bytes, reason: str) -> None:
    with pytest.raises(DumpError) as caught:
        list(DumpReader([damaged]))
    assert caught.value.line_number == 1
    assert caught.value.reason.startswith(reason)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert list(DumpReader([b"\xef\xbb\xbf" + line("\x09{}"), line("\x09{}", offset=4)])) == list(
        DumpReader([line("\x09{}"), line("\x09{}", offset=4)])
    )


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_is_named(pack: Callable[[bytes], bytes]) -> None:
    lines = pack(line()).splitlines(keepends=True)
    with pytest.raises(DumpError, match=r"^line 1: it is compressed"):
        list(DumpReader(lines))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_named(encoding: str) -> None:
    lines = line().decode().encode(encoding).splitlines(keepends=True)
    with pytest.raises(DumpError, match=r"^line 1: it is UTF-16"):
        list(DumpReader(lines))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_utf_16_is_named(encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    lines = (mark + line().decode()).encode(encoding).splitlines(keepends=True)
    with pytest.raises(DumpError, match=r"^line 1: it is UTF-16"):
        list(DumpReader(lines))


@pytest.mark.parametrize(
    ("indent", "value", "reason", "mend"),
    [
        (2, {"partition": 0}, "it is not JSON: the file is pretty-printed", "jq -c ."),
        (2, [{"partition": 0}], "it is not JSON: the file is pretty-printed", "jq -c '.[]'"),
        (None, [{"partition": 0}], "it is not a JSON object but an array", "jq -c '.[]'"),
    ],
)
def test_what_is_laid_out_is_told_with_the_mend(
    indent: int | None, value: object, reason: str, mend: str
) -> None:
    lines = json.dumps(value, indent=indent).encode().splitlines(keepends=True)
    with pytest.raises(DumpError) as caught:
        list(DumpReader(lines))
    assert caught.value.line_number == 1
    assert caught.value.reason.startswith(reason)
    assert caught.value.reason.endswith(f"a line of its own; {mend} makes it so")


KEY_OF_3 = json.dumps({
    "messageType": "CreateArtifact9Message",
    "partitionKey": "__GLOBAL_PARTITION__",
    "uuid": "a",
})


def test_a_dump_of_registry_3_is_named() -> None:
    lines = [line(KEY_OF_3, "{}"), line(KEY_OF_3, "{}", offset=4), line("\x09{}", offset=5)]
    with pytest.raises(DumpError, match=r"^line 1: it is a record of Apicurio Registry 3, whose"):
        list(DumpReader(lines))
    damage: list[int] = []
    found = list(DumpReader(lines, lambda error: damage.append(error.line_number)))
    assert (damage, [each.offset for each in found]) == ([1, 2], [5])


def test_records_of_registry_3_within_a_dump_are_read() -> None:
    lines = [line("\x09{}"), line(KEY_OF_3, "{}", offset=4)]
    assert [each.offset for each in DumpReader(lines)] == [3, 4]


def test_a_line_that_is_too_long_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_LINE_BYTES", 10)
    with pytest.raises(DumpError, match="longer than"):
        list(DumpReader([line()]))
