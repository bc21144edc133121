"""Finds rows of the ledger by their ids, offsets and request ids."""

from collections.abc import Iterator, Sequence

from django.db.models import Count

from journal.ledger.filters import rows_with_request_ids
from journal.models import LedgerRow, Outcome, Position
from journal.projection.effects import Effect
from journal.projection.remarks import decode_remarks

_REQS_AT_ONCE = 500


def ledger_rows(*, after: int, limit: int) -> list[LedgerRow]:
    """Return the first rows with ids above `after`, newest first."""
    return list(LedgerRow.objects.filter(id__gt=after).order_by("id")[:limit])[::-1]


def ledger_row(partition: int, offset: int) -> LedgerRow | None:
    return LedgerRow.objects.filter(partition=partition, offset=offset).first()


def newest_changes(limit: int) -> list[LedgerRow]:
    """Return the newest applied rows with an artifact."""
    rows = LedgerRow.objects.filter(outcome=Outcome.APPLIED, artifact_id__isnull=False)
    return list(rows.order_by("-id")[:limit])


def last_ledger_id() -> int:
    row = LedgerRow.objects.order_by("-id").values_list("id", flat=True).first()
    return row or 0


def ledger_id_range() -> tuple[int, int]:
    """Return the ids of the first and the last row, zeros if there are none."""
    # Not as two aggregates of one query: SQLite would scan all rows.
    first = LedgerRow.objects.order_by("id").values_list("id", flat=True).first()
    return first or 0, last_ledger_id()


def find_by_request_id(req: str) -> LedgerRow | None:
    return rows_with_request_ids([req]).order_by("id").first()


def to_effect(row: LedgerRow) -> Effect:
    """Return the effect recorded by the worker."""
    remarks = decode_remarks(row.remark)
    return Effect(Outcome(row.outcome), row.error, row.reason, remarks, row.result)


def find_effects(reqs: Sequence[str]) -> Iterator[tuple[str | None, Effect]]:
    """Yield request ids with their effects; of records with the same one, the first counts."""
    for start in range(0, len(reqs), _REQS_AT_ONCE):
        for row in rows_with_request_ids(reqs[start : start + _REQS_AT_ONCE]).order_by("id"):
            yield row.req, to_effect(row)


def offsets_before(row: LedgerRow) -> dict[int, int]:
    """Return the next offset by partition, as it was just before this row was applied."""
    offsets = {row.partition: row.offset}
    for partition in Position.objects.exclude(partition=row.partition).values_list(
        "partition", flat=True
    ):
        earlier = LedgerRow.objects.filter(partition=partition, id__lt=row.id)
        last = earlier.order_by("-id").values_list("offset", flat=True).first()
        offsets[partition] = 0 if last is None else last + 1
    return offsets


def count_by_outcome() -> dict[Outcome, int]:
    """Count rows by outcome, all but APPLIED."""
    others = LedgerRow.objects.exclude(outcome=Outcome.APPLIED)
    counts = dict(others.order_by().values_list("outcome").annotate(Count("id")))
    return {
        outcome: counts.get(outcome, 0) for outcome in Outcome if outcome is not Outcome.APPLIED
    }
