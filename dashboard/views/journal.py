"""The journal page, and one record of it with its bytes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.journal_filters import OUTCOMES, TYPES, filter_of, number
from dashboard.pages import render_page, snapshot_of
from dashboard.records import decoded, dump
from journal.brokers.base import BrokerError, Record
from journal.messages import MessageType
from journal.models import LedgerRow, Outcome
from journal.queries import ledger_row, ledger_rows
from journal.records import read_record
from journal.snapshots.keeping import Snapshot, shelf
from journal.snapshots.kept_records import kept_record
from registry import queries
from registry.errors import NotFound

_PAGE = 50
#: Bytes of key and of value in a hex dump: within a list, and on the record's own page.
_GLANCE = 1024
_DUMP_LIMIT = 65_536


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Newest first; `before` in the address continues below a row's id."""
    where = filter_of(request.GET)
    before = number(request.GET, "before")
    rows = ledger_rows(where=where, before=before, limit=_PAGE + 1)
    shown = rows[:_PAGE]
    context = {
        "rows": shown,
        "older": shown[-1].id if len(rows) > _PAGE else None,
        "before": before,
        "where": where,
        "types": [(name, kind in where.types) for name, kind in TYPES.items()],
        "outcomes": [
            (name, outcome.label, outcome in where.outcomes) for name, outcome in OUTCOMES.items()
        ],
        "is_filtered": any((where.types, where.outcomes, where.artifact, where.req)),
    }
    return render_page(request, "journal", context)


@require_safe
def show_record(request: HttpRequest, partition: int, offset: int) -> HttpResponse:
    """With `part=detail` only what a row of the journal page unfolds to."""
    if offset > 2**63 - 1 or partition > 2**31 - 1:
        raise Http404
    row = ledger_row(partition, offset)
    if row is None:
        raise Http404
    is_part = request.GET.get("part") == "detail"
    context = _detail(request, row, _GLANCE if is_part else _DUMP_LIMIT)
    return render_page(request, "_detail" if is_part else "record", context)


def _detail(request: HttpRequest, row: LedgerRow, limit: int) -> dict[str, object]:
    context: dict[str, object] = {"row": row, "missing": "", "shown_by": _shown_by(row)}
    try:
        record = _record(snapshot_of(request), row)
    except BrokerError as error:
        return {**context, "missing": f"The broker can't be asked for the bytes: {error}"}
    if record is None:
        gone = "The topic no longer holds this record: compaction or retention removed it."
        return {**context, "missing": gone}
    return {**context, **_bytes(record, limit)}


def _record(snapshot: Snapshot | None, row: LedgerRow) -> Record | None:
    """A dump's records are kept beside its tables; those of a moment are on the topic."""
    if snapshot is None or snapshot.is_moment:
        return read_record(row.partition, row.offset)
    return kept_record(shelf().records(snapshot), row.partition, row.offset)


def _shown_by(row: LedgerRow) -> tuple[queries.VersionMeta, ...]:
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


def _bytes(record: Record, limit: int) -> dict[str, object]:
    return {
        "record": record,
        "decoded": decoded(record),
        "headers": [
            (name, "null" if value is None else value.decode("utf-8", "replace"))
            for name, value in record.headers
        ],
        "key_dump": dump(record.key, limit),
        "value_dump": dump(record.value, limit),
    }
