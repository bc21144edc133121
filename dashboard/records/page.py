"""What a record's page shows beside its bytes: neighbors, where it is seen, and files to take."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from dashboard.frame.pages import snapshot_of
from journal.dumps.writing import kcat_envelope
from journal.kafka.records import Record
from journal.ledger.record_bytes import read_record
from journal.ledger.rows import ledger_row, offsets_before
from journal.models import LedgerRow, Outcome
from journal.snapshots.record_store import read_stored_record
from journal.snapshots.store import Snapshot, snapshot_store
from journal.wire.codec import Undecodable, decode
from journal.wire.messages import ContentV2Value, ContentValue, MessageType
from registry import queries
from registry.errors import NotFound

_GONE = "The topic no longer holds this record: compaction or retention removed it."


def row_at(partition: int, offset: int) -> LedgerRow:
    """Raises Http404 where this node has not applied such a record."""
    row = ledger_row(partition, offset) if offset < 2**63 and partition < 2**31 else None
    if row is None:
        raise Http404("This node has applied no such record.")
    return row


def record_of(request: HttpRequest, row: LedgerRow) -> Record | None:
    """Raises BrokerError. A dump's records are kept beside its tables, a moment's on the topic."""
    snapshot: Snapshot | None = snapshot_of(request)
    if snapshot is None or snapshot.is_moment:
        return read_record(row.partition, row.offset)
    return read_stored_record(snapshot_store().records(snapshot), row.partition, row.offset)


def why_missing(record: Record | None) -> str:
    return _GONE if record is None else ""


def content_of(record: Record) -> bytes | None:
    """The bytes of the content that it says; None where it says none."""
    try:
        value = decode(record.key, record.value).value
    except Undecodable:
        return None
    return value.content if isinstance(value, ContentValue | ContentV2Value) else None


#: What can be taken of a record as a file.
FILES = ("key", "value", "content", "line")


def file_of(record: Record, part: str) -> HttpResponseBase:
    """`part` is key, value or content as they are, or line: as kcat -J prints it."""
    makers: dict[str, Callable[[], bytes | None]] = {
        "key": lambda: record.key,
        "value": lambda: record.value,
        "content": lambda: content_of(record),
        "line": lambda: kcat_envelope(settings.JOURNAL_TOPIC, record),
    }
    found = makers[part]()
    if found is None:
        raise Http404(f"This record has no {part}.")
    kind = "application/json" if part == "line" else "application/octet-stream"
    answer = HttpResponse(found, content_type=kind)
    ending = "jsonl" if part == "line" else part
    name = f"{settings.JOURNAL_TOPIC}-{record.partition}-{record.offset}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def shown_by(row: LedgerRow) -> tuple[queries.VersionMeta, ...]:
    """The versions that are there now in which an applied record can be seen."""
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


def moments_around(row: LedgerRow) -> dict[str, Any]:
    """The moments just before and after it, as the comparison of snapshots takes them."""
    before = offsets_before(row)
    after = before | {row.partition: row.offset + 1}
    return {"moment_before": _place(before), "moment_after": _place(after)}


def _place(offsets: dict[int, int]) -> str:
    return ",".join(f"{partition}:{offset}" for partition, offset in sorted(offsets.items()))
