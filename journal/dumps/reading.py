"""Reads topic dumps: kcat's JSON envelope, as text or base64, and JSON lines.

Text damages the length bytes of binary content; they are rebuilt if the content's hash proves them.
"""

import binascii
import codecs
import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import IO, Any

import orjson

from journal.kafka.records import Headers, Record
from journal.wire.codec import Undecodable, decode_key
from journal.wire.messages import ContentKey

MAX_LINE_BYTES = 64 * 1024 * 1024

_REPLACEMENT_CHARACTER = "\ufffd"
_TIMESTAMP_TYPES = {"create": "CreateTime", "logappend": "LogAppendTime"}
#: Every message type is a control character.
_TYPE_BYTES_BELOW = " "
#: Any time is possible, since the writer chooses it.
#: The marks of UTF-16, and its first brace without one.
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"{\0", b"\0{")
#: How files of gzip, bzip2, Zstandard and xz begin.
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ")
#: First lines of what a program has laid out, and how to get lines again.
_LAID_OUT = {b"{": "jq -c .", b"[": "jq -c '.[]'", b"[{": "jq -c '.[]'"}
_RANGES = {
    "partition": range(2**31),
    "offset": range(2**63 - 1),
    "timestamp": range(-(2**63), 2**63),
    "ts": range(-(2**63), 2**63),
}


class DumpError(Exception):
    """A line of a dump, unreadable or readable by guessing only."""

    def __init__(self, line_number: int, reason: str) -> None:
        super().__init__(f"line {line_number}: {reason}")
        self.line_number = line_number
        self.reason = reason


class UnorderedDump(Exception):
    """A dump in another order than the journal's, or with repeated records."""


class _Unreadable(ValueError):
    """The reason for a DumpError, raised without the line's number."""


class DumpReader:
    """Iterates over the records of a dump, one JSON object a line; empty lines are skipped.

    A line that cannot be read is passed to `on_damage` and left out; without it, DumpError is
    raised. `topic`, which may stay empty, and `rebuilt`, the number of values whose length bytes
    were rebuilt, are about the lines read so far.

    Records of Registry 3 are foreign ones in a dump of Registry 2. A dump that begins with one is
    of another journal, of which none is read.
    """

    def __init__(
        self, lines: Iterable[bytes], on_damage: Callable[[DumpError], None] | None = None
    ) -> None:
        self._lines = lines
        self._on_damage = on_damage
        self.topic = ""
        self.rebuilt = 0
        self._is_of_registry_3: bool | None = None

    def __iter__(self) -> Iterator[Record]:
        for line_number, line in enumerate(self._lines, start=1):
            if not line.strip():
                continue
            try:
                record = self.parse_line(line, line_number)
                self._check_generation(record, line_number)
            except DumpError as error:
                if self._on_damage is None:
                    raise
                self._on_damage(error)
            else:
                yield record

    def parse_line(self, line: bytes, line_number: int = 1) -> Record:
        """Read one record; raises DumpError."""
        try:
            return self._parse(line)
        except _Unreadable as damage:
            raise DumpError(line_number, str(damage)) from None

    def _check_generation(self, record: Record, line_number: int) -> None:
        key = record.key or b""
        is_of_registry_3 = key.startswith(b"{") and b'"messageType"' in key
        if self._is_of_registry_3 is None:
            self._is_of_registry_3 = is_of_registry_3
        if self._is_of_registry_3 and is_of_registry_3:
            raise DumpError(
                line_number,
                "it is a record of Apicurio Registry 3, whose journal has another format than those"
                " of 2.0 to 2.6, which are read here",
            )

    def _parse(self, line: bytes) -> Record:
        if len(line) > MAX_LINE_BYTES:
            raise _Unreadable(f"it is longer than {MAX_LINE_BYTES} bytes")
        row = _parse_json(line.removeprefix(codecs.BOM_UTF8))
        is_rebuilt = False
        if "key_b64" in row:
            key, value = _get_base64(row, "key_b64"), _get_base64(row, "value_b64")
            items = row.get("headers") or []
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise _Unreadable("its headers are not a list of objects")
            headers: Headers = tuple(
                (_get_text(item, "key") or "", _get_base64(item, "value_b64")) for item in items
            )
        elif row.get("encoding") == "base64":
            key, value = _get_base64(row, "key"), _get_base64(row, "payload")
            headers = _parse_kcat_headers(row.get("headers") or [])
        elif "payload" in row:
            key, text = _get_kcat_bytes(row, "key"), row["payload"]
            if isinstance(text, str) and text.startswith("\x02") and _REPLACEMENT_CHARACTER in text:
                value = _rebuild_content_value(text, key)
                is_rebuilt = value != _encode(text)
            else:
                value = _get_kcat_bytes(row, "payload")
            headers = _parse_kcat_headers(row.get("headers") or [])
        else:
            raise _Unreadable("it has neither a payload nor a key_b64")
        timestamp_type = str(row.get("timestamp_type") or row.get("tstype") or "unknown")
        record = Record(
            _get_number(row, "partition"),
            _get_number(row, "offset"),
            _get_number(row, "timestamp" if "timestamp" in row else "ts"),
            _TIMESTAMP_TYPES.get(timestamp_type, timestamp_type),
            headers,
            key,
            value,
        )
        self.topic = self.topic or str(row.get("topic") or "")
        self.rebuilt += is_rebuilt
        return record


def read_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file's lines; longer ones are cut at MAX_LINE_BYTES + 1, as proof of their length."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line


def read_ordered(lines: Iterable[bytes]) -> Iterator[Record]:
    """Read a dump as a topic's consumer would; raises DumpError, UnorderedDump."""
    last_offsets: dict[int, int] = {}
    for record in DumpReader(lines):
        last = last_offsets.get(record.partition, -1)
        if record.offset <= last:
            raise UnorderedDump(
                f"partition {record.partition}: offset {record.offset} comes after offset {last}; "
                "a dump holds each record once, in the order of the journal"
            )
        last_offsets[record.partition] = record.offset
        yield record


def _parse_json(line: bytes) -> dict[str, Any]:
    if line.startswith(_COMPRESSED):
        raise _Unreadable("it is compressed, and a dump is text; unpack it first")
    if line.startswith(_UTF_16):
        raise _Unreadable(
            "it is UTF-16, which some shells make of what a program writes; a dump is UTF-8, as"
            " kcat writes it"
        )
    if line.strip() in _LAID_OUT:
        raise _Unreadable(
            "it is not JSON: the file is pretty-printed, and a dump has each record on a line of"
            f" its own; {_LAID_OUT[line.strip()]} makes it so"
        )
    parse: Callable[[Any], Any] = orjson.loads
    text: bytes | str = line
    try:
        line.decode()
    except UnicodeDecodeError:
        # kcat copies bytes that are no UTF-8 as they are; surrogates preserve them.
        parse, text = json.loads, line.decode("utf-8", "surrogateescape")
    try:
        row = parse(text)
    except (ValueError, RecursionError) as error:
        raise _Unreadable(f"it is not JSON: {error}") from None
    if isinstance(row, list):
        raise _Unreadable(
            "it is not a JSON object but an array of them, and a dump has each record on a line of"
            f" its own; {_LAID_OUT[b'[']} makes it so"
        )
    if not isinstance(row, dict):
        raise _Unreadable("it is not a JSON object")
    return row


def _get_number(row: dict[str, Any], name: str) -> int:
    number = row.get(name)
    if type(number) is not int:
        raise _Unreadable(f"its {name} is not a number")
    if number not in _RANGES[name]:
        raise _Unreadable(f"its {name} is none that a broker gives")
    return number


def _get_text(row: dict[str, Any], name: str) -> str | None:
    text = row.get(name)
    if text is None or isinstance(text, str):
        return text
    raise _Unreadable(f"its {name} is not text")


def _get_base64(row: dict[str, Any], name: str) -> bytes | None:
    text = _get_text(row, name)
    if text is None:
        return None
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise _Unreadable(f"its {name} is not base64") from None


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise _Unreadable("its text is no Unicode") from None


def _get_kcat_bytes(row: dict[str, Any], name: str) -> bytes | None:
    text = _get_text(row, name)
    if not text:
        return None if text is None else b""
    # Raw text begins with a message type, base64 never with a control character.
    if text[0] >= _TYPE_BYTES_BELOW:
        try:
            decoded = binascii.a2b_base64(text, strict_mode=True)
        except ValueError:
            return _encode(text)
        if decoded[:1] < _TYPE_BYTES_BELOW.encode():
            return decoded
    return _encode(text)


def _parse_kcat_headers(items: Any) -> Headers:
    if not isinstance(items, list) or len(items) % 2:
        raise _Unreadable("its headers are not a list of names and values")
    headers: list[tuple[str, bytes | None]] = []
    for name, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(name, str) or not (value is None or isinstance(value, str)):
            raise _Unreadable("a header is not text")
        headers.append((name, None if value is None else _encode(value)))
    return tuple(headers)


def _rebuild_content_value(text: str, key: bytes | None) -> bytes:
    """Rebuild the value for the content hash in the key."""
    try:
        content_key = decode_key(key)
    except Undecodable as damage:
        raise _Unreadable(f"its content is damaged and so is its key: {damage.reason}") from None
    if not isinstance(content_key, ContentKey) or not content_key.content_hash:
        raise _Unreadable("its content is damaged and its key tells no hash")
    length = text[2:6]
    if len(length) < 4 or not length.isascii():
        raise _Unreadable("its canonical hash's length was lost in the dump")
    end = 6 + int.from_bytes(length.encode(), "big")
    for content, references in _candidates(text[end:]):
        hashes = {sha256(content).hexdigest(), sha256(content + (references or b"")).hexdigest()}
        if content_key.content_hash in hashes:
            tail = b"" if references is None else _with_length(references)
            return _encode(text[:end]) + _with_length(content) + tail
    raise _Unreadable(
        "its content's length bytes were lost in the dump, and no reading of the rest has the"
        f" hash {content_key.content_hash} of its key; dump the topic again with base64 payloads"
    )


def _candidates(rest: str) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield possible contents and references; a damaged length shows as one to four characters.

    Up to 2.2.1 the content is all of the rest; later a length, perhaps 0, and references follow.
    """
    start = rest.rfind('[{"groupId"')
    for skipped in range(1, 5):
        yield _encode(rest[skipped:]), None
        if rest.endswith("\0\0\0\0"):
            yield _encode(rest[skipped:-4]), b""
        for end in range(start - 4, start):
            if end >= skipped:
                yield _encode(rest[skipped:end]), _encode(rest[start:])


def _with_length(chunk: bytes) -> bytes:
    return len(chunk).to_bytes(4, "big") + chunk
