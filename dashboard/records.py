"""A record's bytes as a person reads them: fields, headers, a hex dump."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from journal.brokers.base import Record
from journal.codec import Undecodable, decode, decode_key
from journal.messages import partition_key

_WIDTH = 16
_TEXT_LIMIT = 4000


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Dump:
    """Bytes as hex and text; `is_cut` when only the first are in `text`."""

    size: int
    text: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Decoded:
    """`value` is None on a tombstone; `fault` says what could not be read."""

    key: list[Field]
    value: list[Field] | None
    partition_key: str
    fault: str


def decoded(record: Record) -> Decoded:
    """Never raises: what cannot be read is told."""
    try:
        message = decode(record.key, record.value)
    except Undecodable as error:
        return _key_alone(record, str(error))
    value = None if message.value is None else _fields(message.value)
    return Decoded(_fields(message.key), value, partition_key(message.key) or "", "")


def _key_alone(record: Record, fault: str) -> Decoded:
    try:
        key = decode_key(record.key)
    except Undecodable:
        return Decoded([], [], "", fault)
    return Decoded(_fields(key), [], partition_key(key) or "", fault)


def _fields(part: Any) -> list[Field]:
    values = [(name, getattr(part, name)) for name in part.__struct_fields__]
    told = [Field(name.replace("_", " "), _text(value)) for name, value in values]
    return [Field("type", part.type.label), *told] if hasattr(part, "type") else told


def _text(value: object) -> str:
    if isinstance(value, bytes):
        text = value.decode("utf-8", "replace")
        rest = len(text) - _TEXT_LIMIT
        return text if rest <= 0 else f"{text[:_TEXT_LIMIT]}\n… and {rest:,} more characters"
    if isinstance(value, Enum):
        return value.name
    return "null" if value is None else str(value)


def dump(data: bytes | None, limit: int) -> Dump | None:
    """16 bytes a line: offset, hex, text; None where there are no bytes."""
    if data is None:
        return None
    return Dump(len(data), "\n".join(_lines(data[:limit])), len(data) > limit)


def _lines(data: bytes) -> Iterator[str]:
    for start in range(0, len(data), _WIDTH):
        row = data[start : start + _WIDTH]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)
        yield f"{start:06x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {text}"
