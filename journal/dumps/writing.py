"""Records as the lines of a dump: kcat's JSON envelope, the same in base64, or JSON lines.

`journal.dumps.reading` reads them all.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from journal.dumps.reading import DumpError, read_dump
from journal.kafka.records import Headers, Record

#: Each escape as a whole, so that an escaped backslash is not taken for the next one's.
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
_TIMESTAMP_TYPES = {"CreateTime": "create", "LogAppendTime": "logappend"}


def kcat_envelope(topic: str, record: Record) -> bytes:
    """As `kcat -J` prints it, bytes that are no UTF-8 included; the broker's id is not known."""
    return _line(_envelope(topic, record, _text(record.key), _text(record.value)))


def kcat_envelope_base64(topic: str, record: Record) -> bytes:
    """The envelope with key and payload in base64, which Apicurio's topic import tool takes.

    A line whose bytes don't begin with a message type says that it is base64 in a field more.
    """
    key, value = _base64(record.key), _base64(record.value)
    row = _envelope(topic, record, key, value)
    if not (_begins_with_type(record.key) and _begins_with_type(record.value)):
        row["encoding"] = "base64"
    return _line(row)


def json_line(topic: str, record: Record) -> bytes:
    """Everything in base64 that may be bytes, header values, too."""
    row = {
        "topic": topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestamp_type": record.timestamp_type,
        "headers": [{"key": name, "value_b64": _base64(value)} for name, value in record.headers],
        "key_b64": _base64(record.key),
        "value_b64": _base64(record.value),
    }
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


FORMATS: dict[str, Callable[[str, Record], bytes]] = {
    "envelope": kcat_envelope,
    "envelope-base64": kcat_envelope_base64,
    "jsonl": json_line,
}


@dataclass(slots=True)
class RoundTrips:
    """What a form does to the records that were written in it."""

    written: int = 0
    #: Lines with bytes that are no UTF-8: whoever treats the file as text spoils them.
    not_text: int = 0
    #: Records that `read_dump` does not give back as they were.
    lost: int = 0

    def note(self, record: Record, line: bytes) -> None:
        self.written += 1
        self.not_text += not _is_text(line)
        self.lost += not _comes_back(record, line)


def _comes_back(record: Record, line: bytes) -> bool:
    try:
        (found,) = read_dump([line])
    except DumpError:
        return False
    return (found.key, found.value, found.headers, found.timestamp_ms) == (
        record.key,
        record.value,
        record.headers,
        record.timestamp,
    )


def _is_text(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _envelope(topic: str, record: Record, key: str | None, payload: str | None) -> dict[str, Any]:
    kind = _TIMESTAMP_TYPES.get(record.timestamp_type, record.timestamp_type)
    row: dict[str, Any] = {
        "topic": topic,
        "partition": record.partition,
        "offset": record.offset,
        "tstype": kind,
        "ts": record.timestamp,
        "broker": -1,
    }
    if record.headers:
        row["headers"] = _flat(record.headers)
    return {**row, "key": key, "payload": payload}


def _flat(headers: Headers) -> list[str | None]:
    return [each for name, value in headers for each in (name, _text(value))]


def _text(held: bytes | None) -> str | None:
    # Bytes that are no UTF-8 go through as surrogates, and come out as they were.
    return None if held is None else held.decode("utf-8", "surrogateescape")


def _base64(held: bytes | None) -> str | None:
    return None if held is None else b64encode(held).decode()


def _begins_with_type(held: bytes | None) -> bool:
    return not held or held[0] < ord(" ")


def _line(row: dict[str, Any]) -> bytes:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    # kcat spells control characters in capitals: \u001B.
    text = _ESCAPE.sub(lambda found: found[0][:2] + found[0][2:].upper(), text)
    return text.encode("utf-8", "surrogateescape") + b"\n"
