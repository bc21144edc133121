"""The pages that foresee what the broker would remove: the question, the work, the answer."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.frame.pages import render_page
from dashboard.frame.paging import parse_page
from dashboard.jobs import JobRunning, Jobs
from dashboard.journal.filters import query_number
from journal.dumps.sources import topic_records
from journal.forecast.cleanup_config import InvalidSetting, parse_cleanup_config
from journal.forecast.compaction import Horizon
from journal.forecast.forecast import Forecast, ForecastInput, forecast
from journal.forecast.scenarios import Compaction, Retention, Scenario
from journal.health.node_state import node_state
from journal.kafka.errors import BrokerError
from journal.kafka.topics import TopicAdmin
from journal.snapshots.builder import Progress

_PAGE = 50
_KINDS = {"gone": "lost", "new": "comes back", "changed": "changes"}

_jobs: Jobs[Forecast] = Jobs(
    "simulation-result", max_jobs=5, expected=(BrokerError, InvalidSetting)
)


class _NoQuestion(ValueError):
    """A field of the form makes no sense; the text says which."""


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The address may hold the form's fields; a POST starts the work."""
    if request.method != "POST":
        return _form(request, request.GET)
    try:
        question = _question(request.POST)
        job = _jobs.start(question.words, _Work(question))
    except _NoQuestion as error:
        return _form(request, request.POST, 400, wrong=str(error))
    except JobRunning as error:
        return _form(request, request.POST, 409, wrong=str(error), busy=error.job)
    return redirect("simulation-result", job.id)


def _form(
    request: HttpRequest, fields: QueryDict, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {
        "what": fields.get("what", "compaction"),
        "horizon": fields.get("horizon", Horizon.END.value),
        "assume": fields.get("assume", ""),
        "by": fields.get("by") or f"{datetime.now(UTC):%Y-%m-%dT%H:%M}",
        "ms": fields.get("ms", ""),
        "bytes": fields.get("bytes", ""),
        "jobs": _jobs.latest(),
    }
    return render_page(request, "simulation_form", {**shown, **context}, status)


def _question(fields: QueryDict) -> Scenario:
    if fields.get("what") == "retention":
        limits = _limit(fields, "ms"), _limit(fields, "bytes")
        return Retention(_moment(fields.get("by", "")), *limits)
    is_next = fields.get("horizon") == Horizon.NEXT.value
    return Compaction(Horizon.NEXT if is_next else Horizon.END, bool(fields.get("assume")))


def _limit(fields: QueryDict, name: str) -> int | None:
    if not fields.get(name):
        return None
    limit = query_number(fields, name)
    if limit is None:
        raise _NoQuestion(f"retention.{name} is to be a whole number, or left empty")
    return limit


def _moment(text: str) -> int:
    if not text:
        return int(time.time() * 1000)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise _NoQuestion(f"{text!r} is no date such as 2030-01-31T12:00") from None
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)


class _Work:
    """What the question is of: this node's topic, seen in the view of its tables."""

    def __init__(self, question: Scenario) -> None:
        self._question = question
        view = node_state().content_view
        self._view = settings.JOURNAL_CONTENT_VIEW if view is None else view.label

    def __call__(self, on_progress: Progress) -> Forecast:
        properties, topic = settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC
        facts = TopicAdmin(properties, topic).describe()
        if facts.refused and not facts.settings:
            raise BrokerError(facts.refused)
        with topic_records(properties, topic) as records:
            journal = ForecastInput(topic, records, parse_cleanup_config(facts), self._view)
            return forecast(journal, self._question, on_progress)


@require_safe
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far the work is, or its answer; `removed` and `changed` are pages of its lists."""
    job = _jobs.get_or_404(job_id)
    context: dict[str, Any] = {"topic": settings.JOURNAL_TOPIC}
    if job.result is not None:
        context |= _answer(request, job.result)
    return render_page(request, "simulation_result", {"job": job, **context})


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    _jobs.get_or_404(job_id).cancel()
    return redirect("simulation-result", job_id)


def _answer(request: HttpRequest, found: Forecast) -> dict[str, Any]:
    removed_at = parse_page(request.GET, _PAGE, "removed")
    changed_at = parse_page(request.GET, _PAGE, "changed")
    return {
        "found": found,
        "types": found.types.most_common(),
        "removed_count": len(found.removals),
        "removed": found.removed[removed_at.offset : removed_at.offset + _PAGE],
        "removed_at": removed_at.context(len(found.removed)),
        "changed": [
            (_KINDS[each.kind], each)
            for each in found.changes[changed_at.offset : changed_at.offset + _PAGE]
        ],
        "changed_at": changed_at.context(len(found.changes)),
    }
