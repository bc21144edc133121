"""The records around one that are about the same: its artifact, its content, its request."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from journal.ledger.filters import rows_with_request_ids
from journal.ledger.history import in_group
from journal.models import LedgerRow
from journal.wire.messages import MessageType

#: Ids have no index of their own: so many rows on each side are looked through.
NEAR = 10_000


@dataclass(frozen=True, slots=True)
class RelatedRecords:
    """All records that share one thing, in the order of application, and where this one stands.

    `at` counts from 1. `is_near` when only the rows around it were looked through.
    """

    name: str
    words: str
    count: int
    at: int
    first: LedgerRow | None = None
    previous: LedgerRow | None = None
    next: LedgerRow | None = None
    last: LedgerRow | None = None
    is_near: bool = False


def find_neighbors(row: LedgerRow) -> tuple[LedgerRow | None, LedgerRow | None]:
    """The records before and after it in its partition; offsets may be missing between."""
    rows = LedgerRow.objects.filter(partition=row.partition)
    before = rows.filter(offset__lt=row.offset).order_by("-offset").first()
    return before, rows.filter(offset__gt=row.offset).order_by("offset").first()


def find_related(row: LedgerRow) -> tuple[RelatedRecords, ...]:
    """One for each thing that the record is about, the first being what it is about most."""
    found = [_line(row, *each) for each in _sharing(row)]
    return tuple(each for each in found if each.count > 1)


def find_previous_similar(row: LedgerRow) -> LedgerRow | None:
    """The last record before it that says the same kind of thing of the same."""
    for _, _, rows, _ in _sharing(row):
        before = rows.filter(id__lt=row.id).order_by("-id")
        found = before.filter(type=row.type).first()
        if found is not None:
            return found
    return None


def _sharing(row: LedgerRow) -> list[tuple[str, str, QuerySet[LedgerRow], bool]]:
    every = LedgerRow.objects.all()
    near = every.filter(id__gte=row.id - NEAR, id__lte=row.id + NEAR)
    shared: list[tuple[str, str, QuerySet[LedgerRow], bool]] = []
    if row.artifact_id is not None:
        of_it = every.filter(in_group(row.group_id), artifact_id=row.artifact_id)
        name = f"{row.group_id or 'default'}/{row.artifact_id}"
        shared.append(("artifact", f"artifact {name}", of_it, False))
    if row.content_id is not None:
        draw = Q(type=MessageType.CONTENT_ID, result=row.content_id)
        rows = near.filter(Q(content_id=row.content_id) | draw)
        shared.append(("content", f"content id {row.content_id}", rows, True))
    if row.global_id is not None and row.global_id > 0:
        draw = Q(type=MessageType.GLOBAL_ID, result=row.global_id)
        rows = near.filter(Q(global_id=row.global_id) | draw)
        shared.append(("global", f"global id {row.global_id}", rows, True))
    if row.req is not None:
        shared.append(("request", "request", rows_with_request_ids([row.req]), False))
    if row.type is not None and row.artifact_id is None:
        shared.append(_of_type(row, row.type))
    return shared


def _of_type(row: LedgerRow, kind: int) -> tuple[str, str, QuerySet[LedgerRow], bool]:
    rows = LedgerRow.objects.filter(type=kind)
    if kind == MessageType.GROUP:
        return "group", f"group {row.group_id}", rows.filter(in_group(row.group_id)), False
    return "type", f"type {MessageType(kind).label}", rows, False


def _line(
    row: LedgerRow, name: str, words: str, rows: QuerySet[LedgerRow], is_near: bool
) -> RelatedRecords:
    earlier, later = rows.filter(id__lt=row.id), rows.filter(id__gt=row.id)
    before, after = earlier.count(), later.count()
    return RelatedRecords(
        name,
        words,
        before + 1 + after,
        before + 1,
        earlier.order_by("id").first() if before else None,
        earlier.order_by("-id").first() if before else None,
        later.order_by("id").first() if after else None,
        later.order_by("-id").first() if after else None,
        is_near=is_near and _is_cut(row),
    )


def _is_cut(row: LedgerRow) -> bool:
    others = LedgerRow.objects.filter(Q(id__lt=row.id - NEAR) | Q(id__gt=row.id + NEAR))
    return others.exists()
