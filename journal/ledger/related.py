"""Finds records with the same artifact, content, request or type."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from journal.ledger.filters import rows_with_request_ids
from journal.ledger.history import in_group
from journal.models import LedgerRow
from journal.wire.messages import MessageType

#: Rows searched on each side for a content or global id. These have no index: every record of a
#: replay would pay for it, and it is rarely used.
NEAR = 10_000


@dataclass(frozen=True, slots=True)
class RelatedRecords:
    """All records with one thing in common, in the order of application.

    `position` is this record's place among them, from 1. `is_near` if only rows near it were
    searched.
    """

    name: str
    description: str
    count: int
    position: int
    first: LedgerRow | None = None
    previous: LedgerRow | None = None
    next: LedgerRow | None = None
    last: LedgerRow | None = None
    is_near: bool = False


def find_neighbors(row: LedgerRow) -> tuple[LedgerRow | None, LedgerRow | None]:
    """Return the rows before and after it in its partition; offsets may be missing between."""
    rows = LedgerRow.objects.filter(partition=row.partition)
    before = rows.filter(offset__lt=row.offset).order_by("-offset").first()
    return before, rows.filter(offset__gt=row.offset).order_by("offset").first()


def find_related(row: LedgerRow) -> tuple[RelatedRecords, ...]:
    """Find all records with something in common with this one, the most specific thing first."""
    related = []
    for name, description, rows, is_near in _sharing(row):
        earlier, later = rows.filter(id__lt=row.id), rows.filter(id__gt=row.id)
        before, after = earlier.count(), later.count()
        if not before and not after:
            continue
        beyond = Q(id__lt=row.id - NEAR) | Q(id__gt=row.id + NEAR)
        related.append(
            RelatedRecords(
                name,
                description,
                count=before + 1 + after,
                position=before + 1,
                first=earlier.order_by("id").first() if before else None,
                previous=earlier.order_by("-id").first() if before else None,
                next=later.order_by("id").first() if after else None,
                last=later.order_by("-id").first() if after else None,
                is_near=is_near and LedgerRow.objects.filter(beyond).exists(),
            )
        )
    return tuple(related)


def find_previous_similar(row: LedgerRow) -> LedgerRow | None:
    """Return the last record before it of the same type and about the same thing."""
    for _, _, rows, _ in _sharing(row):
        previous = rows.filter(id__lt=row.id, type=row.type).order_by("-id").first()
        if previous is not None:
            return previous
    return None


def _sharing(row: LedgerRow) -> list[tuple[str, str, QuerySet[LedgerRow], bool]]:
    """Return name, description, rows, and whether only rows near it are searched."""
    all_rows = LedgerRow.objects.all()
    near = all_rows.filter(id__gte=row.id - NEAR, id__lte=row.id + NEAR)
    shared: list[tuple[str, str, QuerySet[LedgerRow], bool]] = []
    if row.artifact_id is not None:
        rows = all_rows.filter(in_group(row.group_id), artifact_id=row.artifact_id)
        name = f"{row.group_id or 'default'}/{row.artifact_id}"
        shared.append(("artifact", f"artifact {name}", rows, False))
    if row.content_id is not None:
        allocates = Q(type=MessageType.CONTENT_ID, result=row.content_id)
        rows = near.filter(Q(content_id=row.content_id) | allocates)
        shared.append(("content", f"content id {row.content_id}", rows, True))
    if row.global_id is not None and row.global_id > 0:
        allocates = Q(type=MessageType.GLOBAL_ID, result=row.global_id)
        rows = near.filter(Q(global_id=row.global_id) | allocates)
        shared.append(("global", f"global id {row.global_id}", rows, True))
    if row.req is not None:
        shared.append(("request", "request", rows_with_request_ids([row.req]), False))
    if row.type is not None and row.artifact_id is None:
        rows = all_rows.filter(type=row.type)
        if row.type == MessageType.GROUP:
            rows = rows.filter(in_group(row.group_id))
            shared.append(("group", f"group {row.group_id}", rows, False))
        else:
            shared.append(("type", f"type {MessageType(row.type).label}", rows, False))
    return shared
