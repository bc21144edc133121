"""Text as both databases keep it: PostgreSQL stores no NUL, so none gets as far as the tables."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from journal.brokers.base import Record
from journal.messages import Message

#: How JSON spells a NUL; there is no other way.
_NUL = b"\\u0000"


def storable(message: Message, record: Record) -> Message:
    """The record's message, each NUL in its texts replaced by U+FFFD.

    Hashes and references of a binary value are not looked at: they are no JSON.
    """
    if not _holds_nul(record.key) and not _holds_nul(record.value):
        return message
    return Message(_without(message.key), _without(message.value), message.form)


def _holds_nul(part: bytes | None) -> bool:
    # A backslash alone is found, or rather not found, several times faster.
    return part is not None and b"\\" in part and _NUL in part


def _without(part: Any) -> Any:
    if isinstance(part, str):
        return part.replace("\0", "�")
    if isinstance(part, tuple):
        return tuple(map(_without, part))
    if isinstance(part, Mapping):
        return {_without(key): _without(value) for key, value in part.items()}
    if isinstance(part, Struct):
        return replace(part, **{name: _without(each) for name, each in asdict(part).items()})
    return part
