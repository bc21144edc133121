"""The health page: what is known to be wrong with the journal, and how to mend it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.frame.pages import render_page
from dashboard.frame.toasts import add_toast
from dashboard.journal.filters import OUTCOMES
from journal.health.current import acknowledgments, current_findings
from journal.health.findings import Finding
from journal.health.node_state import NodeState, node_state
from journal.health.peers import peers
from journal.health.remedies import config_command
from journal.health.state_digest import StateDigest, state_digest_cache
from journal.health.topic_requirements import CheckedSetting, check_settings
from journal.ledger.rows import count_by_outcome
from journal.ledger.upgrades import upgrade_state


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    state = node_state()
    counts = count_by_outcome()
    findings = current_findings()
    context = {
        "state": state,
        "findings": findings,
        "digest": _digest(state) if state.is_caught_up else None,
        "upgrade": upgrade_state(),
        "peers": peers(),
        "topic": settings.JOURNAL_TOPIC,
        "topic_settings": _judged(state),
        "counts": [
            (outcome.label, counts[outcome], word)
            for word, outcome in OUTCOMES.items()
            if outcome in counts
        ],
    }
    return render_page(request, "health", context)


@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """`code` names a finding that is there; `reason` acknowledges it, `back` takes that back."""
    said = request.POST if request.method == "POST" else request.GET
    finding = _finding(said.get("code", ""))
    if request.method != "POST":
        return _acknowledgment_page(request, finding)
    reason = said.get("reason", "").strip()[:500]
    if "back" in said:
        acknowledgments().remove(finding.code)
        add_toast(request, f"Nobody answers for {finding.code} any more.")
    elif reason:
        acknowledgments().add(finding, reason)
        add_toast(request, f"{finding.code} is acknowledged: it is told below, and alarms nobody.")
    else:
        return _acknowledgment_page(request, finding, "Say why, for those who come after you.")
    return redirect(f"{reverse('health')}#{finding.code}")


def _finding(code: str) -> Finding:
    found = next((each for each in current_findings() if each.code == code), None)
    if found is None:
        raise Http404("This finding is gone.")
    return found


def _acknowledgment_page(request: HttpRequest, finding: Finding, wrong: str = "") -> HttpResponse:
    context = {
        "finding": finding,
        "refuses": finding.code in settings.ANNALS_REFUSE_WRITES_ON,
        "wrong": wrong,
    }
    return render_page(request, "acknowledge", context, 400 if wrong else 200)


def _judged(state: NodeState) -> list[tuple[CheckedSetting, str]]:
    """Each setting, and the command that mends it; those that need it first."""
    if state.topic_facts is None or not state.topic_facts.settings:
        return []
    judged = check_settings(state.topic_facts, settings.ANNALS_LIMIT_CONTENT_BYTES)
    told = [(each, _command(each)) for each in judged]
    return sorted(told, key=lambda each: each[0].severity is None)


def _command(judged: CheckedSetting) -> str:
    if judged.severity is None or judged.recommended is None:
        return ""
    return config_command(settings.JOURNAL_TOPIC, {judged.name: judged.recommended}).strip()


def _digest(state: NodeState) -> StateDigest | None:
    offsets = {each.partition: each.applied for each in state.partitions}
    return state_digest_cache.latest(offsets, state.content_view)
