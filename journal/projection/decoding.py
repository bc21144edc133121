"""A record as it was understood: a message, or the reason why there is none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from journal.kafka.records import Record
from journal.wire.codec import Undecodable, decode, decode_key
from journal.wire.descriptions import Subject, describe, describe_key, get_key_subject, get_subject
from journal.wire.messages import Message

_REQ_LIMIT = 100

#: What Java's UUID.fromString takes: five hexadecimal numbers, however short.
_READABLE_UUID = re.compile(r"[0-9a-fA-F]{1,16}(?:-[0-9a-fA-F]{1,16}){4}").fullmatch


@dataclass(slots=True)
class DecodedRecord:
    """A record as it was understood: a message, or the reason why there is none."""

    record: Record
    #: Bytes of key and value.
    size: int
    req: str | None
    message: Message | None
    type: int | None
    action: int | None
    subject: Subject
    summary: str
    fault: str
    #: What is wrong with `req`, in words; empty if nothing is.
    req_fault: str


def decode_record(record: Record) -> DecodedRecord:
    """Never raises: what cannot be decoded is told as far as its key goes."""
    req = _req(record)
    try:
        message = replace_nuls(decode(record.key, record.value), record)
    except Undecodable as error:
        return _understand_key(record, req, str(error))
    value = message.value
    action = None if value is None else value.action
    kind, subject = message.key.type, get_subject(message)
    return DecodedRecord(
        record,
        record.size,
        req,
        message,
        kind,
        action,
        subject,
        describe(message),
        "",
        _req_fault(req),
    )


def _understand_key(record: Record, req: str | None, fault: str) -> DecodedRecord:
    try:
        key = decode_key(record.key)
    except Undecodable:
        summary = "a record whose key can't be read"
        return DecodedRecord(
            record, record.size, req, None, None, None, Subject(), summary, fault, _req_fault(req)
        )
    summary = f"{describe_key(key)}, its value can't be read"
    subject = get_key_subject(key)
    return DecodedRecord(
        record, record.size, req, None, key.type, None, subject, summary, fault, _req_fault(req)
    )


def _req(record: Record) -> str | None:
    """The first `req` header, as Java reads it."""
    for name, value in record.headers:
        if name == "req":
            text = (value or b"")[:_REQ_LIMIT].decode("utf-8", "replace")
            return text.replace("\0", "�")
    return None


def _req_fault(req: str | None) -> str:
    if req is None:
        return "no req header"
    if _READABLE_UUID(req) is None:
        return "the req header is not a UUID: a Java node would stop here"
    return ""


#: How JSON spells a NUL; there is no other way.
_NUL = b"\\u0000"


def replace_nuls(message: Message, record: Record) -> Message:
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
