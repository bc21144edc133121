"""Rows of the ledger by their ids, places and request ids."""

from collections.abc import Iterator, Sequence

from django.db.models import Count

from journal.ledger.filters import rows_with_request_ids
from journal.models import LedgerRow, Outcome, Position
from journal.projection.effects import Effect

_ASKED_AT_ONCE = 500


def ledger_rows(*, after: int, limit: int) -> list[LedgerRow]:
    """Newest first; of the rows with ids above `after` those that follow it most closely."""
    return list(LedgerRow.objects.filter(id__gt=after).order_by("id")[:limit])[::-1]


def ledger_row(partition: int, offset: int) -> LedgerRow | None:
    return LedgerRow.objects.filter(partition=partition, offset=offset).first()


def newest_changes(limit: int) -> list[LedgerRow]:
    """The newest records that were applied and are about an artifact."""
    rows = LedgerRow.objects.filter(outcome=Outcome.APPLIED, artifact_id__isnull=False)
    return list(rows.order_by("-id")[:limit])


def last_ledger_id() -> int:
    row = LedgerRow.objects.order_by("-id").values_list("id", flat=True).first()
    return row or 0


def ledger_id_range() -> tuple[int, int]:
    """The ids of the first and the last row; zeros without any."""
    # Not as two aggregates of one query: SQLite would look through all rows.
    first = LedgerRow.objects.order_by("id").values_list("id", flat=True).first()
    return first or 0, last_ledger_id()


def find_by_request_id(req: str) -> LedgerRow | None:
    return rows_with_request_ids([req]).order_by("id").first()


def to_effect(row: LedgerRow) -> Effect:
    """The outcome as the worker told it when it applied the record."""
    return Effect(Outcome(row.outcome), row.error, row.reason, row.remark, row.result)


def find_effects(reqs: Sequence[str]) -> Iterator[tuple[str | None, Effect]]:
    """The outcomes that are known; of records that share a req the first is what counts."""
    for start in range(0, len(reqs), _ASKED_AT_ONCE):
        some = reqs[start : start + _ASKED_AT_ONCE]
        for row in rows_with_request_ids(some).order_by("id"):
            yield row.req, to_effect(row)


def offsets_before(row: LedgerRow) -> dict[int, int]:
    """What to read next in each partition just before this record was applied."""
    offsets = {row.partition: row.offset}
    for partition in Position.objects.exclude(partition=row.partition).values_list(
        "partition", flat=True
    ):
        earlier = LedgerRow.objects.filter(partition=partition, id__lt=row.id)
        last = earlier.order_by("-id").values_list("offset", flat=True).first()
        offsets[partition] = 0 if last is None else last + 1
    return offsets


def count_by_outcome() -> dict[Outcome, int]:
    """Only the outcomes that need a look: all but APPLIED."""
    troubles = LedgerRow.objects.exclude(outcome=Outcome.APPLIED)
    counts = dict(troubles.order_by().values_list("outcome").annotate(Count("id")))
    return {
        outcome: counts.get(outcome, 0) for outcome in Outcome if outcome is not Outcome.APPLIED
    }
