"""The ledger's rows, written beside the rows that they speak of."""

from collections.abc import Iterable, Sequence

from journal.database.writer import Writer
from journal.projection.decoding import DecodedRecord
from journal.projection.effects import Effect
from journal.wire.dialects import Generation, infer_generation

_COLUMNS = (
    'partition, "offset", timestamp, type, action, tenant_id, group_id, artifact_id, version, '
    "content_id, global_id, summary, size, req, outcome, error, reason, remark, result"
)

_ID_LIMIT = 512


def insert_rows(writer: Writer, applied: Sequence[tuple[DecodedRecord, Effect]]) -> None:
    rows = [_row(read, effect) for read, effect in applied]
    writer.insert_many("journal_ledgerrow", _COLUMNS, rows)


def _row(read: DecodedRecord, effect: Effect) -> tuple[object, ...]:
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


def _remark(read: DecodedRecord, effect: Effect) -> str:
    if not read.req_fault:
        return effect.remark
    return f"{effect.remark}; {read.req_fault}" if effect.remark else read.req_fault


def newest_generation(reads: Iterable[DecodedRecord]) -> Generation:
    newest = Generation.UNKNOWN
    for read in reads:
        if newest is Generation.V2_6:
            break
        if read.message is not None:
            newest = max(newest, infer_generation(read.message))
    return newest
