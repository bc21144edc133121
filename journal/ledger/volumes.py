"""Counts records by time and type, for the charts of the pages."""

from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Max, Min

from journal.ledger.filters import LedgerFilter, matching_rows
from journal.ledger.rows import last_ledger_id

#: The newest rows, which alone are counted: this takes the same time however long the journal is.
MAX_ROWS = 50_000


@dataclass(slots=True)
class TimeBucket:
    """From `start` to `end`, epoch ms; `counts` are by MessageType, None if it can't be read."""

    start: int
    end: int
    counts: dict[int | None, int] = field(default_factory=dict)


def count_by_time(where: LedgerFilter, buckets: int) -> tuple[TimeBucket, ...]:
    """Count the matching rows of the newest 50,000 in buckets of equal length, oldest first.

    Without any row there are no buckets.
    """
    rows = matching_rows(where).filter(id__gt=last_ledger_id() - MAX_ROWS).order_by()
    ends = rows.aggregate(start=Min("timestamp"), end=Max("timestamp"))
    if ends["start"] is None:
        return ()
    start = ends["start"]
    width = max(1, -(-(ends["end"] - start + 1) // buckets))
    result = tuple(
        TimeBucket(start + index * width, start + (index + 1) * width) for index in range(buckets)
    )
    # Both databases divide integers to an integer.
    index = ExpressionWrapper((F("timestamp") - start) / width, BigIntegerField())
    counts = rows.annotate(bucket=index).values_list("bucket", "type").annotate(Count("id"))
    for bucket, kind, count in counts:
        result[int(bucket)].counts[kind] = count
    return result
