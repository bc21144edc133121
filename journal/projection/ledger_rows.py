"""Writes the ledger's rows, in the transaction of the rows they report."""

from collections.abc import Iterable, Sequence

from journal.database.writer import Writer
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import Effect
from journal.projection.remarks import encode_remarks
from journal.wire.dialects import Generation, infer_generation
from journal.wire.messages import Action, CommentKey, MessageType

_COLUMNS = (
    'partition, "offset", timestamp, type, action, tenant_id, group_id, artifact_id, version, '
    "content_id, global_id, artifact_type, summary, size, req, outcome, error, reason, remark, "
    "result"
)

_TEXT_LIMIT = 512
#: Decimal numbers of this length fit a bigint.
_BIGINT_DIGITS = 18


def insert_rows(writer: Writer, applied: Sequence[tuple[DecodedRecord, Effect]]) -> None:
    rows: list[tuple[object, ...]] = []
    for decoded, effect in applied:
        record, subject = decoded.record, decoded.subject
        rows.append((
            record.partition,
            record.offset,
            record.timestamp,
            decoded.type,
            decoded.action,
            _truncate(subject.tenant_id),
            _truncate(subject.group_id),
            _truncate(subject.artifact_id),
            _truncate(subject.version),
            subject.content_id if effect.content_id is None else effect.content_id,
            subject.global_id,
            _truncate(subject.artifact_type),
            _truncate(decoded.summary),
            decoded.size,
            decoded.req,
            effect.outcome,
            effect.error,
            _truncate(effect.reason),
            encode_remarks((*effect.remarks, *decoded.req_faults))
            if effect.remarks or decoded.req_faults
            else "",
            effect.result if decoded.type != MessageType.COMMENT else _comment_id(decoded),
        ))
    writer.insert_many("journal_ledgerrow", _COLUMNS, rows)


def _comment_id(decoded: DecodedRecord) -> int | None:
    """Return the id of a new comment, None for other records."""
    key = None if decoded.message is None else decoded.message.key
    if decoded.action != Action.CREATE or not isinstance(key, CommentKey):
        return None
    text = key.comment_id or ""
    return int(text) if text.isdecimal() and len(text) <= _BIGINT_DIGITS else None


def _truncate(text: str | None) -> str | None:
    """Cut a text to the size limit of an index; a record with a longer id is rejected anyway."""
    return None if text is None else text[:_TEXT_LIMIT].replace("\0", "�")


def newest_generation(records: Iterable[DecodedRecord]) -> Generation:
    """Return the newest generation among the writers of these records."""
    newest = Generation.UNKNOWN
    for decoded in records:
        if newest is Generation.V2_6:
            break
        if decoded.message is not None:
            newest = max(newest, infer_generation(decoded.message))
    return newest
