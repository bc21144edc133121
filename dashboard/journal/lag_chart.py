"""How far this node was behind, as a chart: each column leads to the records of its time."""

from collections.abc import Sequence

from django.http import QueryDict

from dashboard.frame.charts import Chart, Part, stacked
from dashboard.journal.lag_history import EVERY_S, Look
from dashboard.templatetags.annals import full_time

_COLUMNS = 60


def lag_chart(looks: Sequence[Look], query: QueryDict, address: str) -> Chart | None:
    """The last hour at most, the worst moment of each stretch; None before the second look."""
    if len(looks) < 2:
        return None
    step = max(1, -(-len(looks) // _COLUMNS))
    stretches = [looks[at : at + step] for at in range(0, len(looks), step)]
    return stacked([_part(stretch, query, address) for stretch in stretches])


def _part(stretch: Sequence[Look], query: QueryDict, address: str) -> Part:
    worst = max(look.lag for look in stretch)
    start, end = stretch[0].at, stretch[-1].at + int(EVERY_S * 1000)
    narrowed = query.copy()
    for name in ("before", "after", "at", "record", "part"):
        narrowed.pop(name, None)
    narrowed["from"], narrowed["to"] = str(start), str(end)
    behind = f"{worst:,} offset{'' if worst == 1 else 's'} behind" if worst else "caught up"
    words = f"{full_time(start)[:19]}: {behind}"
    return Part({"offsets behind": worst}, words, f"{address}?{narrowed.urlencode()}")
