"""Decodes a record into its message, or into the reason for its failure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict, replace

from journal.kafka.records import Record
from journal.projection.remarks import Remark, RemarkCode
from journal.wire.codec import Undecodable, decode, decode_key
from journal.wire.descriptions import Subject, describe, describe_key, get_key_subject, get_subject
from journal.wire.messages import Message

_REQ_LIMIT = 100
_REQ_MISSING: tuple[Remark, ...] = (Remark(RemarkCode.REQ_MISSING),)
_REQ_INVALID: tuple[Remark, ...] = (Remark(RemarkCode.REQ_INVALID),)

#: What Java's UUID.fromString parses: five hexadecimal numbers, however short.
_IS_JAVA_UUID = re.compile(r"[0-9a-fA-F]{1,16}(?:-[0-9a-fA-F]{1,16}){4}").fullmatch


@dataclass(slots=True)
class DecodedRecord:
    """A record with its message, or with the `fault` found in decoding it.

    `size` is the bytes of key and value, `req` the request id.
    """

    record: Record
    size: int
    req: str | None
    message: Message | None
    type: int | None
    action: int | None
    subject: Subject
    summary: str
    fault: str
    #: Remarks on `req`, none if it is as it should be.
    req_faults: tuple[Remark, ...]


def decode_record(record: Record) -> DecodedRecord:
    """Decode a record, as far as its key if the value can't be; never raises."""
    req: str | None = None
    if headers := [value for name, value in record.headers if name == "req"]:
        # Java reads the first of several.
        text = (headers[0] or b"")[:_REQ_LIMIT].decode("utf-8", "replace")
        req = text.replace("\0", "�")
    if req is None:
        req_faults = _REQ_MISSING
    elif _IS_JAVA_UUID(req) is None:
        req_faults = _REQ_INVALID
    else:
        req_faults = ()
    message: Message | None = None
    kind: int | None = None
    action: int | None = None
    subject, fault = Subject(), ""
    try:
        message = replace_nuls(decode(record.key, record.value), record)
    except Undecodable as error:
        fault = str(error)
        try:
            key = decode_key(record.key)
        except Undecodable:
            summary = "a record whose key can't be read"
        else:
            kind, subject = key.type, get_key_subject(key)
            summary = f"{describe_key(key)}, its value can't be read"
    else:
        kind, subject = message.key.type, get_subject(message)
        action = None if message.value is None else message.value.action
        summary = describe(message)
    return DecodedRecord(
        record, record.size, req, message, kind, action, subject, summary, fault, req_faults
    )


#: JSON has no other way to write a NUL.
_NUL = b"\\u0000"


def replace_nuls(message: Message, record: Record) -> Message:
    """Replace each NUL in the message's texts by U+FFFD, since PostgreSQL stores none.

    A binary value's hashes and references, which are no JSON, stay as they are.
    """
    if not _has_nul(record.key) and not _has_nul(record.value):
        return message
    return Message(_without_nul(message.key), _without_nul(message.value), message.form)


def _has_nul(data: bytes | None) -> bool:
    # The search for a single backslash is several times faster and fails most of the time.
    return data is not None and b"\\" in data and _NUL in data


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "�")
    if isinstance(value, tuple):
        return tuple(map(_without_nul, value))
    if isinstance(value, Mapping):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, Struct):
        return replace(value, **{k: _without_nul(item) for k, item in asdict(value).items()})
    return value
