"""The first page: what there is, what happens, and whether all is well."""

from dataclasses import dataclass
from itertools import pairwise

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from access.middleware import get_caller
from access.policy import Level
from dashboard.frame.charts import sparkline
from dashboard.frame.pages import page, render_page
from dashboard.journal.lag_history import EVERY_S, Look, lag_history
from dashboard.journal.volume_chart import volume_chart
from journal.health.current import current_findings
from journal.ledger.filters import LedgerFilter
from journal.ledger.rows import newest_changes
from registry import queries
from registry.errors import RuleNotFound

_CHANGES = 10


@dataclass(frozen=True, slots=True)
class _Line:
    """A sparkline; `now` is its last value in words."""

    name: str
    points: str
    now: str
    words: str


@require_safe
@page("Error loading the home page.")
def show(request: HttpRequest) -> HttpResponse:
    groups = queries.groups()
    context = {
        "artifacts": queries.count_artifacts(),
        "versions_in_all": queries.count_versions(),
        "groups": len(groups),
        "largest_groups": sorted(groups, key=lambda each: -each.artifacts)[:5],
        "changes": newest_changes(_CHANGES),
        "rules": [(rule, _level(rule)) for rule in queries.global_rules_in_force()],
        "findings": [each for each in current_findings() if each.acknowledged is None],
        "lines": _lines(lag_history.looks()),
    }
    if get_caller(request).may(Level.ADMIN):
        address = reverse("journal")
        context["chart"] = volume_chart(LedgerFilter(), QueryDict(), address)
    return render_page(request, "home", context)


def _level(rule: str) -> str:
    try:
        return queries.global_rule(rule).configuration or "NONE"
    except RuleNotFound:
        return "NONE"


def _lines(looks: tuple[Look, ...]) -> list[_Line]:
    if not looks:
        return []
    minutes = max(1, round((looks[-1].at - looks[0].at) / 60_000))
    within = f"the last {minutes} minute{'s' if minutes > 1 else ''}"
    lags = [each.lag for each in looks]
    rates = [
        max(0, later.applied - earlier.applied) / EVERY_S for earlier, later in pairwise(looks)
    ] or [0.0]
    return [
        _Line("Lag", sparkline(lags), f"{lags[-1]:,}", f"At most {max(lags):,} in {within}"),
        _Line(
            "Records a second",
            sparkline(rates),
            f"{rates[-1]:,.0f}",
            f"At most {max(rates):,.0f} in {within}",
        ),
    ]
