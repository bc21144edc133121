"""The home page: counts, recent changes, rules in force, health and lag."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from access.middleware import get_caller
from access.policy import Level
from dashboard.frame.charts import sparkline
from dashboard.frame.pages import render_page, with_error_page
from dashboard.journal.charts import volume_chart
from dashboard.journal.lag_history import INTERVAL_S, LagSample
from dashboard.state import get_dashboard
from journal.journal import get_journal
from journal.ledger.filters import LedgerFilter
from journal.ledger.rows import newest_changes
from registry import queries
from registry.errors import RuleNotFound

_CHANGES = 10


@dataclass(frozen=True, slots=True)
class _Sparkline:
    """`now` is the last value in words."""

    name: str
    points: str
    now: str
    words: str


@require_safe
@with_error_page("Error loading the home page.")
def show(request: HttpRequest) -> HttpResponse:
    groups = queries.groups_in_use()
    findings = get_journal(request).health.findings()
    rules = []
    for rule in queries.global_rules_in_force():
        try:
            level = queries.global_rule(rule).configuration or "NONE"
        except RuleNotFound:
            level = "NONE"
        rules.append((rule, level))
    context = {
        "artifact_count": queries.count_artifacts(),
        "version_count": queries.count_versions(),
        "group_count": len(groups),
        "largest_groups": sorted(groups, key=lambda group: -group.artifacts)[:5],
        "changes": newest_changes(_CHANGES),
        "rules": rules,
        "findings": [finding for finding in findings if finding.acknowledgment is None],
        "sparklines": _sparklines(get_dashboard(request).lag_history.samples()),
    }
    if get_caller(request).may(Level.ADMIN):
        context["chart"] = volume_chart(LedgerFilter(), QueryDict(), reverse("journal"))
    return render_page(request, "home", context, findings=findings)


def _sparklines(samples: Sequence[LagSample]) -> list[_Sparkline]:
    if not samples:
        return []
    minutes = max(1, round((samples[-1].time - samples[0].time) / 60_000))
    period = f"the last {minutes} minute{'s' if minutes > 1 else ''}"
    lags = [sample.lag for sample in samples]
    rates = [
        max(0, later.applied - earlier.applied) / INTERVAL_S for earlier, later in pairwise(samples)
    ] or [0.0]
    lag_words = f"At most {max(lags):,} in {period}"
    rate_words = f"At most {max(rates):,.0f} in {period}"
    return [
        _Sparkline("Lag", sparkline(lags), f"{lags[-1]:,}", lag_words),
        _Sparkline("Records a second", sparkline(rates), f"{rates[-1]:,.0f}", rate_words),
    ]
