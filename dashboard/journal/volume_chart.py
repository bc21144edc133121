"""Records over time as a chart: each column leads to the records that it stands for."""

from django.http import QueryDict

from dashboard.frame.charts import Chart, Part, stacked
from dashboard.templatetags.annals import full_time, thousands, type_label
from journal.ledger.filters import LedgerFilter
from journal.ledger.volumes import TimeBucket, count_by_time

_SPANS = 60


def volume_chart(where: LedgerFilter, query: QueryDict, address: str) -> Chart | None:
    """None without records. `query` is the address's own, which columns narrow to their time."""
    spans = count_by_time(where, _SPANS)
    if not spans:
        return None
    return stacked([_part(span, query, address) for span in spans])


def _part(span: TimeBucket, query: QueryDict, address: str) -> Part:
    counts: dict[str, int] = {}
    for kind, count in span.counts.items():
        name = type_label(kind)
        counts[name] = counts.get(name, 0) + count
    narrowed = query.copy()
    for name in ("before", "after", "at", "record", "part"):
        narrowed.pop(name, None)
    narrowed["from"], narrowed["to"] = str(span.start), str(span.end)
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    words = f"{full_time(span.start)[:19]}: {thousands(sum(counts.values()))} records ({told})"
    return Part(counts, words, f"{address}?{narrowed.urlencode()}")
