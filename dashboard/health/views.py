"""The health page: findings about the journal, with their remedies."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dashboard.frame.pages import render_page
from dashboard.frame.toasts import add_toast
from dashboard.journal.filters import OUTCOMES
from journal.health.node_health import acknowledgments
from journal.health.node_state import NodeState
from journal.health.remedies import config_command
from journal.health.topic_requirements import CheckedSetting, check_settings
from journal.journal import get_journal
from journal.ledger.rows import count_by_outcome
from journal.ledger.upgrades import upgrade_state


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    state, findings, counts = (
        get_journal(request).health.state(),
        get_journal(request).health.findings(),
        count_by_outcome(),
    )
    digest = None
    if state.is_caught_up:
        offsets = {partition.partition: partition.applied for partition in state.partitions}
        digest = get_journal(request).health.digests.latest(offsets, state.content_view)
    context = {
        "findings": findings,
        "digest": digest,
        "upgrade": upgrade_state(),
        "peers": get_journal(request).health.peers(),
        "topic": settings.JOURNAL_TOPIC,
        "topic_settings": _checked_settings(state),
        "counts": [
            (outcome.label, counts[outcome], name)
            for name, outcome in OUTCOMES.items()
            if outcome in counts
        ],
    }
    return render_page(request, "health", context, state=state, findings=findings)


def _checked_settings(state: NodeState) -> list[tuple[CheckedSetting, str]]:
    """Return each setting with its correcting command; wrong settings first."""
    if state.topic_description is None or not state.topic_description.settings:
        return []
    with_commands = []
    for setting in check_settings(state.topic_description, settings.ANNALS_LIMIT_CONTENT_BYTES):
        command = ""
        if setting.severity is not None and setting.recommended is not None:
            change = {setting.name: setting.recommended}
            command = config_command(settings.JOURNAL_TOPIC, change).strip()
        with_commands.append((setting, command))
    return sorted(with_commands, key=lambda pair: pair[0].severity is None)


@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Acknowledge the finding `code` with a `reason`; revoke it with `back`."""
    fields = request.POST if request.method == "POST" else request.GET
    code = fields.get("code", "")
    finding = next(
        (finding for finding in get_journal(request).health.findings() if finding.code == code),
        None,
    )
    if finding is None:
        raise Http404("This finding is gone.")
    reason = fields.get("reason", "").strip()[:500]
    if request.method == "POST" and "back" in fields:
        acknowledgments().remove(code)
        add_toast(request, f"Nobody answers for {code} any more.")
    elif request.method == "POST" and reason:
        acknowledgments().add(finding, reason)
        add_toast(request, f"{code} is acknowledged: it is told below, and alarms nobody.")
    else:
        is_missing = request.method == "POST"
        context = {
            "finding": finding,
            "blocks_writes": code in settings.ANNALS_REFUSE_WRITES_ON,
            "wrong": "Say why, for those who come after you." if is_missing else "",
        }
        return render_page(request, "acknowledge", context, 400 if is_missing else 200)
    return redirect(f"{reverse('health')}#{code}")
