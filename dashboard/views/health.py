"""The health page: what is known to be wrong with the journal, and how to mend it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from dashboard.journal_filters import OUTCOMES
from dashboard.pages import render_page
from journal.digests import StateDigest, digest_keeper
from journal.doctor.current import current_findings
from journal.queries import NodeState, count_by_outcome, node_state
from journal.upgrades import upgrade_state


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    state = node_state()
    config = state.topic_config or {}
    counts = count_by_outcome()
    context = {
        "state": state,
        "findings": current_findings(),
        "digest": _digest(state) if state.is_caught_up else None,
        "upgrade": upgrade_state(),
        "topic_config": sorted(config.items()),
        "counts": [
            (outcome.label, counts[outcome], word)
            for word, outcome in OUTCOMES.items()
            if outcome in counts
        ],
    }
    return render_page(request, "health", context)


def _digest(state: NodeState) -> StateDigest | None:
    offsets = {each.partition: each.applied for each in state.partitions}
    return digest_keeper.latest(offsets, state.content_view)
