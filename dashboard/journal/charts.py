"""Charts of the journal over time; each column links to the records of its span."""

from collections.abc import Sequence

from django.http import QueryDict

from dashboard.frame.charts import Bar, Chart, stacked_chart
from dashboard.journal.filters import without_position
from dashboard.journal.lag_history import INTERVAL_S, LagSample
from dashboard.templatetags.annals import full_time, thousands, type_label
from journal.ledger.filters import LedgerFilter
from journal.ledger.volumes import count_by_time

_COLUMNS = 60


def volume_chart(where: LedgerFilter, query: QueryDict, address: str) -> Chart | None:
    """Chart records by type, None without records; the links keep the filters of `query`."""
    bars = []
    for span in count_by_time(where, _COLUMNS):
        counts: dict[str, int] = {}
        for kind, count in span.counts.items():
            name = type_label(kind)
            counts[name] = counts.get(name, 0) + count
        details = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        total = thousands(sum(counts.values()))
        words = f"{full_time(span.start)[:19]}: {total} records ({details})"
        bars.append(Bar(counts, words, _link(query, address, span.start, span.end)))
    return stacked_chart(bars) if bars else None


def lag_chart(samples: Sequence[LagSample], query: QueryDict, address: str) -> Chart | None:
    """Chart the greatest lag of each span; None before the second sample."""
    if len(samples) < 2:
        return None
    step = max(1, -(-len(samples) // _COLUMNS))
    bars = []
    for index in range(0, len(samples), step):
        span = samples[index : index + step]
        lag = max(sample.lag for sample in span)
        start, end = span[0].time, span[-1].time + int(INTERVAL_S * 1000)
        lag_words = f"{lag:,} offset{'' if lag == 1 else 's'} behind" if lag else "caught up"
        words = f"{full_time(start)[:19]}: {lag_words}"
        bars.append(Bar({"offsets behind": lag}, words, _link(query, address, start, end)))
    return stacked_chart(bars)


def _link(query: QueryDict, address: str, start: int, end: int) -> str:
    span_query = without_position(query)
    span_query["from"], span_query["to"] = str(start), str(end)
    return f"{address}?{span_query.urlencode()}"
