"""Records out of topic dumps: kcat's JSON envelope, as text or base64, and captured records.

Text spoils the length bytes of binary content; they are rebuilt where the content's hash proves it.
"""

import binascii
import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Any

import orjson

from journal.kafka.records import Headers, Record
from journal.wire.codec import Undecodable, decode_key
from journal.wire.messages import ContentKey

MAX_LINE_BYTES = 64 * 1024 * 1024

_REPLACED = "\ufffd"
_TIMESTAMP_TYPES = {"create": "CreateTime", "logappend": "LogAppendTime"}
_TYPE_BYTES_BELOW = " "
#: A time is what its writer said, be it none that can be.
_RANGES = {
    "partition": range(2**31),
    "offset": range(2**63 - 1),
    "timestamp": range(-(2**63), 2**63),
    "ts": range(-(2**63), 2**63),
}


class DumpError(Exception):
    """A dump's line that cannot be read, or not without guessing."""

    def __init__(self, line_number: int, reason: str) -> None:
        super().__init__(f"line {line_number}: {reason}")
        self.line_number = line_number
        self.reason = reason


class UnorderedDump(Exception):
    """A dump that does not hold each record once, in the order of the journal."""


class _Unreadable(ValueError):
    """The reason alone; its line is known one level up."""


@dataclass(frozen=True, slots=True)
class DumpRecord:
    """One record of a dump.

    `timestamp_type` is `CreateTime`, `LogAppendTime` or what the dump says; `rebuilt` tells that
    the value's length bytes were lost in the dump and were proven by the content's hash. `topic` is
    empty where the dump tells none.
    """

    partition: int
    offset: int
    timestamp_ms: int
    timestamp_type: str
    headers: Headers
    key: bytes | None
    value: bytes | None
    rebuilt: bool
    topic: str = ""


def dump_record(record: Record) -> DumpRecord:
    """One that was read already, as loading takes it."""
    return DumpRecord(
        record.partition,
        record.offset,
        record.timestamp,
        record.timestamp_type,
        record.headers,
        record.key,
        record.value,
        rebuilt=False,
    )


def read_dump(
    lines: Iterable[bytes], on_damage: Callable[[DumpError], None] | None = None
) -> Iterator[DumpRecord]:
    """The records of a dump, one JSON object a line; empty lines are skipped.

    A line that cannot be read is told to `on_damage` and left out; without it, DumpError is raised.
    """
    for line_number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield _read(line)
        except _Unreadable as damage:
            error = DumpError(line_number, str(damage))
            if on_damage is None:
                raise error from None
            on_damage(error)


def read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """As a file gives them, but of one that is too long no more than shows that it is."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line


def _read(line: bytes) -> DumpRecord:
    if len(line) > MAX_LINE_BYTES:
        raise _Unreadable(f"it is longer than {MAX_LINE_BYTES} bytes")
    return _record(_row(line))


def read_ordered(lines: Iterable[bytes]) -> Iterator[Record]:
    """The same as a reader of the topic would give them; raises DumpError, UnorderedDump."""
    last: dict[int, int] = {}
    for each in read_dump(lines):
        before = last.get(each.partition, -1)
        if each.offset <= before:
            raise UnorderedDump(
                f"partition {each.partition}: offset {each.offset} comes after offset {before}; "
                "a dump holds each record once, in the order of the journal"
            )
        last[each.partition] = each.offset
        yield Record(
            partition=each.partition,
            offset=each.offset,
            timestamp=each.timestamp_ms,
            timestamp_type=each.timestamp_type,
            headers=each.headers,
            key=each.key,
            value=each.value,
        )


def _row(line: bytes) -> dict[str, Any]:
    try:
        line.decode()
    except UnicodeDecodeError:
        return _object(_raw_row, line)
    return _object(orjson.loads, line)


def _raw_row(line: bytes) -> Any:
    # kcat copies bytes that are no UTF-8 as they are; as surrogates they come back unharmed.
    return json.loads(line.decode("utf-8", "surrogateescape"))


def _object(parse: Any, line: bytes) -> dict[str, Any]:
    try:
        row = parse(line)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"it is not JSON: {error}") from None
    if not isinstance(row, dict):
        raise _Unreadable("it is not a JSON object")
    return row


def _record(row: dict[str, Any]) -> DumpRecord:
    if "key_b64" in row:
        key, value, rebuilt = _base64(row, "key_b64"), _base64(row, "value_b64"), False
        headers = _captured_headers(row.get("headers") or [])
    elif row.get("encoding") == "base64":
        key, value, rebuilt = _base64(row, "key"), _base64(row, "payload"), False
        headers = _kcat_headers(row.get("headers") or [])
    elif "payload" in row:
        key = _kcat_bytes(row, "key")
        value, rebuilt = _kcat_value(row, key)
        headers = _kcat_headers(row.get("headers") or [])
    else:
        raise _Unreadable("it has neither a payload nor a key_b64")
    said = str(row.get("timestamp_type") or row.get("tstype") or "unknown")
    return DumpRecord(
        _number(row, "partition"),
        _number(row, "offset"),
        _number(row, "timestamp" if "timestamp" in row else "ts"),
        _TIMESTAMP_TYPES.get(said, said),
        headers,
        key,
        value,
        rebuilt,
        str(row.get("topic") or ""),
    )


def _number(row: dict[str, Any], name: str) -> int:
    held = row.get(name)
    if type(held) is not int:
        raise _Unreadable(f"its {name} is not a number")
    if held not in _RANGES[name]:
        raise _Unreadable(f"its {name} is none that a broker gives")
    return held


def _text(row: dict[str, Any], name: str) -> str | None:
    held = row.get(name)
    if held is None or isinstance(held, str):
        return held
    raise _Unreadable(f"its {name} is not text")


def _base64(row: dict[str, Any], name: str) -> bytes | None:
    held = _text(row, name)
    if held is None:
        return None
    try:
        return b64decode(held, validate=True)
    except ValueError:
        raise _Unreadable(f"its {name} is not base64") from None


def _bytes(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise _Unreadable("its text is no Unicode") from None


def _kcat_bytes(row: dict[str, Any], name: str) -> bytes | None:
    text = _text(row, name)
    if not text:
        return None if text is None else b""
    # Raw text begins with a message type, a control character; base64 never does.
    if text[0] >= _TYPE_BYTES_BELOW:
        try:
            decoded = binascii.a2b_base64(text, strict_mode=True)
        except ValueError:
            return _bytes(text)
        if decoded[:1] < _TYPE_BYTES_BELOW.encode():
            return decoded
    return _bytes(text)


def _kcat_value(row: dict[str, Any], key: bytes | None) -> tuple[bytes | None, bool]:
    text = row.get("payload")
    if isinstance(text, str) and text.startswith("\x02") and _REPLACED in text:
        return _rebuilt(text, _content_hash(key))
    return _kcat_bytes(row, "payload"), False


def _content_hash(key: bytes | None) -> str:
    try:
        known = decode_key(key)
    except Undecodable as damage:
        raise _Unreadable(f"its content is damaged and so is its key: {damage.reason}") from None
    if not isinstance(known, ContentKey) or not known.content_hash:
        raise _Unreadable("its content is damaged and its key tells no hash")
    return known.content_hash


def _rebuilt(text: str, expected: str) -> tuple[bytes, bool]:
    """The value whose content has the hash, and whether that took other bytes than the text's."""
    plain = _bytes(text)
    head, rest = _after_canonical_hash(text)
    for content, references in _candidates(rest):
        hashes = {sha256(content).hexdigest(), sha256(content + (references or b"")).hexdigest()}
        if expected in hashes:
            tail = b"" if references is None else _sized(references)
            value = head + _sized(content) + tail
            return value, value != plain
    raise _Unreadable(
        "its content's length bytes were lost in the dump, and no reading of the rest has the"
        f" hash {expected} of its key; dump the topic again with base64 payloads"
    )


def _after_canonical_hash(text: str) -> tuple[bytes, str]:
    length = text[2:6]
    if len(length) < 4 or not length.isascii():
        raise _Unreadable("its canonical hash's length was lost in the dump")
    end = 6 + int.from_bytes(length.encode(), "big")
    return _bytes(text[:end]), text[end:]


def _candidates(rest: str) -> Iterator[tuple[bytes, bytes | None]]:
    """What content and references may be; a damaged length shows as one to four characters.

    Up to 2.2.1 the content is all of the rest; later a length, perhaps 0, and references follow.
    """
    start = rest.rfind('[{"groupId"')
    for skipped in range(1, 5):
        yield _bytes(rest[skipped:]), None
        if rest.endswith("\0\0\0\0"):
            yield _bytes(rest[skipped:-4]), b""
        for end in range(start - 4, start):
            if end >= skipped:
                yield _bytes(rest[skipped:end]), _bytes(rest[start:])


def _sized(chunk: bytes) -> bytes:
    return len(chunk).to_bytes(4, "big") + chunk


def _kcat_headers(held: Any) -> Headers:
    if not isinstance(held, list) or len(held) % 2:
        raise _Unreadable("its headers are not a list of names and values")
    return tuple(_header(held[at], held[at + 1]) for at in range(0, len(held), 2))


def _header(name: Any, value: Any) -> tuple[str, bytes | None]:
    if not isinstance(name, str) or not (value is None or isinstance(value, str)):
        raise _Unreadable("a header is not text")
    return name, None if value is None else _bytes(value)


def _captured_headers(held: Any) -> Headers:
    if not isinstance(held, list) or not all(isinstance(each, dict) for each in held):
        raise _Unreadable("its headers are not a list of objects")
    return tuple((_text(each, "key") or "", _base64(each, "value_b64")) for each in held)
