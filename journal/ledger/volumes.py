"""How many records of each type came when: what the charts of the pages draw."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Count, ExpressionWrapper, F, Max, Min

from journal.ledger.filters import LedgerFilter, matching_rows
from journal.ledger.rows import last_ledger_id

#: The newest rows that are counted: a fixed time, however long the journal is.
NEWEST = 50_000


@dataclass(slots=True)
class TimeBucket:
    """From `start` to `end`, epoch ms; `counts` are by MessageType, None for what tells none."""

    start: int
    end: int
    counts: dict[int | None, int] = field(default_factory=dict)


def count_by_time(where: LedgerFilter, spans: int) -> tuple[TimeBucket, ...]:
    """Of the newest 50,000 rows those that match, in spans of equal length, oldest first.

    Empty without any.
    """
    first = last_ledger_id() - NEWEST
    rows = matching_rows(where).filter(id__gt=first).order_by()
    ends = rows.aggregate(start=Min("timestamp"), end=Max("timestamp"))
    if ends["start"] is None:
        return ()
    start = ends["start"]
    width = max(1, -(-(ends["end"] - start + 1) // spans))
    found = tuple(TimeBucket(start + at * width, start + (at + 1) * width) for at in range(spans))
    # Both databases divide whole numbers to a whole number.
    bucket = ExpressionWrapper((F("timestamp") - start) / width, BigIntegerField())
    counted = rows.annotate(span=bucket).values_list("span", "type").annotate(Count("id"))
    for at, kind, count in counted:
        found[int(at)].counts[kind] = count
    return found


def count_by_type(spans: tuple[TimeBucket, ...]) -> Mapping[int | None, int]:
    """By type, over all spans."""
    found: dict[int | None, int] = {}
    for span in spans:
        for kind, count in span.counts.items():
            found[kind] = found.get(kind, 0) + count
    return found
