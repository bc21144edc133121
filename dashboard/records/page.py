"""Context of a record's page beside its bytes: affected versions, offsets, and downloads."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from dashboard.frame.pages import current_snapshot
from journal.dumps.writing import kcat_envelope
from journal.journal import get_journal
from journal.kafka.errors import BrokerError
from journal.kafka.records import Record
from journal.ledger.rows import ledger_row, offsets_before
from journal.models import LedgerRow, Outcome
from journal.snapshots.record_store import read_stored_record
from journal.snapshots.store import snapshot_store
from journal.wire.messages import MessageType
from registry import queries
from registry.errors import NotFound

#: The parts of a record that can be downloaded.
DOWNLOADS = ("key", "value", "content", "line")


def get_row_or_404(partition: int, offset: int) -> LedgerRow:
    row = ledger_row(partition, offset) if offset < 2**63 and partition < 2**31 else None
    if row is None:
        raise Http404("This node has applied no such record.")
    return row


def fetch_record(request: HttpRequest, row: LedgerRow) -> tuple[Record | None, str]:
    """Return the record, or None and the reason for its absence.

    The records of a dump are stored beside its tables, those of a point in time are on the topic.
    """
    snapshot = current_snapshot(request)
    try:
        if snapshot is None or snapshot.is_point_in_time:
            record = get_journal(request).records.read(row.partition, row.offset)
        else:
            record = read_stored_record(
                snapshot_store().records(snapshot), row.partition, row.offset
            )
    except BrokerError as error:
        return None, f"The broker can't be asked for the bytes: {error}"
    if record is None:
        return None, "The topic no longer holds this record: compaction or retention removed it."
    return record, ""


def download(record: Record, content: bytes | None, part: str) -> HttpResponseBase:
    """Send one of DOWNLOADS; `line` is the record in the format of kcat -J. Raises Http404."""
    if part == "line":
        data: bytes | None = kcat_envelope(settings.JOURNAL_TOPIC, record)
    else:
        data = {"key": record.key, "value": record.value, "content": content}[part]
    if data is None:
        raise Http404(f"This record has no {part}.")
    media_type = "application/json" if part == "line" else "application/octet-stream"
    extension = "jsonl" if part == "line" else part
    name = f"{settings.JOURNAL_TOPIC}-{record.partition}-{record.offset}.{extension}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type=media_type, headers=disposition)


def affected_versions(row: LedgerRow) -> tuple[queries.VersionMeta, ...]:
    """Return existing versions affected by an applied record."""
    if row.outcome != Outcome.APPLIED:
        return ()
    if row.type in {MessageType.CONTENT, MessageType.CONTENT_V2}:
        return queries.versions_with_content(row.content_id or 0)
    if row.artifact_id is None:
        return ()
    try:
        if row.global_id is not None:
            return (queries.version_meta_by_global_id(row.global_id),)
        group = None if row.group_id == "default" else row.group_id
        return (queries.version_meta_of_any_state(group, row.artifact_id, row.version),)
    except NotFound:
        return ()


def offsets_before_and_after(row: LedgerRow) -> dict[str, Any]:
    """Return the offsets just before and after a record, in the format of the comparison."""
    before = offsets_before(row)
    after = before | {row.partition: row.offset + 1}
    texts = [
        ",".join(f"{partition}:{offset}" for partition, offset in sorted(offsets.items()))
        for offsets in (before, after)
    ]
    return {"offsets_before": texts[0], "offsets_after": texts[1]}
