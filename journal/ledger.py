"""The ledger's rows, written beside the rows that they speak of, and the worker's word."""

import json
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from journal.brokers.base import Record
from journal.codec import Undecodable, decode, decode_key
from journal.dialects import Generation, generation
from journal.messages import Message
from journal.outcomes import Effect
from journal.storable import storable
from journal.topic_facts import TopicFacts
from journal.words import Subject, describe, describe_key, subject_of, subject_of_key
from journal.writer import Writer

_COLUMNS = (
    'partition, "offset", timestamp, type, action, tenant_id, group_id, artifact_id, version, '
    "content_id, global_id, summary, size, req, outcome, error, reason, remark, result"
)
_REQ_LIMIT = 100
#: What Java's UUID.fromString takes: five hexadecimal numbers, however short.
_READABLE_UUID = re.compile(r"[0-9a-fA-F]{1,16}(?:-[0-9a-fA-F]{1,16}){4}").fullmatch
_ID_LIMIT = 512


@dataclass(slots=True)
class Read:
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


def understand(record: Record) -> Read:
    """Never raises: what cannot be decoded is told as far as its key goes."""
    req = _req(record)
    try:
        message = storable(decode(record.key, record.value), record)
    except Undecodable as error:
        return _understand_key(record, req, str(error))
    value = message.value
    action = None if value is None else value.action
    kind, subject = message.key.type, subject_of(message)
    return Read(
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


def _understand_key(record: Record, req: str | None, fault: str) -> Read:
    try:
        key = decode_key(record.key)
    except Undecodable:
        summary = "a record whose key can't be read"
        return Read(
            record, record.size, req, None, None, None, Subject(), summary, fault, _req_fault(req)
        )
    summary = f"{describe_key(key)}, its value can't be read"
    subject = subject_of_key(key)
    return Read(
        record, record.size, req, None, key.type, None, subject, summary, fault, _req_fault(req)
    )


def _req(record: Record) -> str | None:
    """The first `req` header, as Java reads it."""
    for name, value in record.headers:
        if name == "req":
            text = (value or b"")[:_REQ_LIMIT].decode("utf-8", "replace")
            return text.replace("\0", "�")
    return None


def insert_rows(writer: Writer, applied: Sequence[tuple[Read, Effect]]) -> None:
    rows = [_row(read, effect) for read, effect in applied]
    writer.insert_many("journal_ledgerrow", _COLUMNS, rows)


def _row(read: Read, effect: Effect) -> tuple[object, ...]:
    record, subject = read.record, read.subject
    return (
        record.partition,
        record.offset,
        record.timestamp,
        read.type,
        read.action,
        _text(subject.tenant_id),
        _text(subject.group_id),
        _text(subject.artifact_id),
        _text(subject.version),
        subject.content_id if effect.content_id is None else effect.content_id,
        subject.global_id,
        _text(read.summary),
        read.size,
        read.req,
        effect.outcome,
        effect.error,
        _text(effect.reason),
        _remark(read, effect),
        effect.result,
    )


def _text(text: str | None) -> str | None:
    """Cut to what an index takes; an id of that length was refused anyway."""
    return None if text is None else text[:_ID_LIMIT].replace("\0", "�")


def _req_fault(req: str | None) -> str:
    if req is None:
        return "no req header"
    if _READABLE_UUID(req) is None:
        return "the req header is not a UUID: a Java node would stop here"
    return ""


def _remark(read: Read, effect: Effect) -> str:
    if not read.req_fault:
        return effect.remark
    return f"{effect.remark}; {read.req_fault}" if effect.remark else read.req_fault


def newest_generation(reads: Iterable[Read]) -> Generation:
    newest = Generation.UNKNOWN
    for read in reads:
        if newest is Generation.V2_6:
            break
        if read.message is not None:
            newest = max(newest, generation(read.message))
    return newest


@dataclass(frozen=True, slots=True)
class Word:
    """What the worker says of itself, see journal.models.WorkerStatus."""

    pid: int
    is_caught_up: bool
    is_broker_reachable: bool
    offsets: Mapping[int, tuple[int, int]]
    topic_facts: TopicFacts | None
    trouble: str
    #: Records applied a second lately.
    rate: float = 0.0
    #: The class name of the error behind `trouble`.
    trouble_kind: str = ""


def say_word(writer: Writer, word: Word) -> None:
    writer.write(
        "INSERT INTO journal_workerstatus (id, pid, beat, is_caught_up, is_broker_reachable, "
        "start_offsets, end_offsets, topic_facts, trouble, rate, trouble_kind) "
        "VALUES (1, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (id) DO UPDATE SET "
        "pid = excluded.pid, beat = excluded.beat, is_caught_up = excluded.is_caught_up, "
        "is_broker_reachable = excluded.is_broker_reachable, "
        "start_offsets = excluded.start_offsets, end_offsets = excluded.end_offsets, "
        "topic_facts = excluded.topic_facts, trouble = excluded.trouble, "
        "rate = excluded.rate, trouble_kind = excluded.trouble_kind",
        word.pid,
        int(time.time() * 1000),
        word.is_caught_up,
        word.is_broker_reachable,
        json.dumps({partition: pair[0] for partition, pair in word.offsets.items()}),
        json.dumps({partition: pair[1] for partition, pair in word.offsets.items()}),
        None if word.topic_facts is None else msgspec.json.encode(word.topic_facts).decode(),
        word.trouble,
        word.rate,
        word.trouble_kind,
    )
