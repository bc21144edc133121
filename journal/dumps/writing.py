"""Writes records as the lines of a dump: kcat's JSON envelope, the same in base64, or JSON lines.

`journal.dumps.reading` reads all three.
"""

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from journal.dumps.reading import DumpError, DumpReader
from journal.kafka.records import Record

#: Each escape as a whole, so that an escaped backslash is not taken for the next one's.
_ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")
_TIMESTAMP_TYPES = {"CreateTime": "create", "LogAppendTime": "logappend"}


def kcat_envelope(topic: str, record: Record) -> bytes:
    """Format a record like `kcat -J`, bytes outside UTF-8 included."""
    return _format(_to_envelope(topic, record, _to_text(record.key), _to_text(record.value)))


def kcat_envelope_base64(topic: str, record: Record) -> bytes:
    """Format the envelope with key and payload in base64, for Apicurio's topic import tool.

    A field more marks a line as base64 if its bytes don't begin with a message type.
    """
    row = _to_envelope(topic, record, _to_base64(record.key), _to_base64(record.value))
    if any(data and data[0] >= ord(" ") for data in (record.key, record.value)):
        row["encoding"] = "base64"
    return _format(row)


def json_line(topic: str, record: Record) -> bytes:
    """Format a record with all bytes in base64, header values included."""
    row = {
        "topic": topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestamp_type": record.timestamp_type,
        "headers": [
            {"key": name, "value_b64": _to_base64(value)} for name, value in record.headers
        ],
        "key_b64": _to_base64(record.key),
        "value_b64": _to_base64(record.value),
    }
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


FORMATS: dict[str, Callable[[str, Record], bytes]] = {
    "envelope": kcat_envelope,
    "envelope-base64": kcat_envelope_base64,
    "jsonl": json_line,
}


@dataclass(slots=True)
class RoundTrips:
    """Counts the records and lines a format can't preserve."""

    written: int = 0
    #: Lines with bytes that are no UTF-8, which a program that reads text damages.
    not_text: int = 0
    #: Records that a DumpReader does not return as they were.
    lost: int = 0

    def add(self, record: Record, line: bytes) -> None:
        self.written += 1
        try:
            line.decode()
        except UnicodeDecodeError:
            self.not_text += 1
        try:
            back = DumpReader(()).parse_line(line)
        except DumpError:
            self.lost += 1
            return
        self.lost += (back.key, back.value, back.headers, back.timestamp) != (
            record.key,
            record.value,
            record.headers,
            record.timestamp,
        )


def _to_envelope(
    topic: str, record: Record, key: str | None, payload: str | None
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "topic": topic,
        "partition": record.partition,
        "offset": record.offset,
        "tstype": _TIMESTAMP_TYPES.get(record.timestamp_type, record.timestamp_type),
        "ts": record.timestamp,
        # The broker's id, which no consumer gives.
        "broker": -1,
    }
    if record.headers:
        row["headers"] = [
            text for name, value in record.headers for text in (name, _to_text(value))
        ]
    return {**row, "key": key, "payload": payload}


def _to_text(data: bytes | None) -> str | None:
    # Bytes that are no UTF-8 become surrogates, which `_format` turns back into the same bytes.
    return None if data is None else data.decode("utf-8", "surrogateescape")


def _to_base64(data: bytes | None) -> str | None:
    return None if data is None else b64encode(data).decode()


def _format(row: dict[str, Any]) -> bytes:
    text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    # kcat writes control characters in capitals: \u001B.
    text = _ESCAPE.sub(lambda match: match[0][:2] + match[0][2:].upper(), text)
    return text.encode("utf-8", "surrogateescape") + b"\n"
