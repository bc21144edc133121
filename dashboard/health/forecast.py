"""The pages for simulating compaction or retention: the form, the job, the result."""

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
from dashboard.jobs import JobPage, JobRunning
from dashboard.journal.filters import query_number
from dashboard.state import get_jobs
from journal.dumps.sources import topic_records
from journal.forecast.cleanup_config import InvalidSetting, parse_cleanup_config
from journal.forecast.compaction import Horizon
from journal.forecast.forecast import Forecast, ForecastInput, forecast
from journal.forecast.scenarios import Compaction, Retention, Scenario
from journal.journal import get_journal
from journal.kafka.errors import BrokerError
from journal.kafka.topics import TopicAdmin
from journal.snapshots.builder import Progress
from journal.times import parse_time

_PAGE_SIZE = 50
_KIND_WORDS = {"gone": "lost", "new": "comes back", "changed": "changes"}

_JOBS: JobPage[Forecast] = JobPage(
    "simulation-result", max_jobs=5, expected=(BrokerError, InvalidSetting)
)


class _InvalidField(ValueError):
    """A sentence about a field of the form."""


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Show the form, prefilled from the address, or start the job."""
    if request.method != "POST":
        return _form_page(request, request.GET)
    try:
        scenario = _parse_scenario(request.POST)
        journal = get_journal(request)
        view = journal.health.state().content_view
        view_name = settings.JOURNAL_DUPLICATE_ID_POLICY if view is None else view.label

        def work(on_progress: Progress) -> Forecast:
            properties, topic = journal.topic
            description = TopicAdmin(properties, topic).describe()
            if description.refused and not description.settings:
                raise BrokerError(description.refused)
            with topic_records(properties, topic) as records:
                config = parse_cleanup_config(description)
                inputs = ForecastInput(topic, records, config, view_name)
                return forecast(inputs, scenario, on_progress)

        job = get_jobs(request, _JOBS).start(scenario.question, work)
    except _InvalidField as error:
        return _form_page(request, request.POST, 400, wrong=str(error))
    except JobRunning as error:
        return _form_page(request, request.POST, 409, wrong=str(error), busy=error.job)
    return redirect("simulation-result", job.id)


def _form_page(
    request: HttpRequest, fields: QueryDict, status: int = 200, **context: Any
) -> HttpResponse:
    defaults = {
        "what": fields.get("what", "compaction"),
        "horizon": fields.get("horizon", Horizon.END.value),
        "assume": fields.get("assume", ""),
        "by": fields.get("by") or f"{datetime.now(UTC):%Y-%m-%dT%H:%M}",
        "ms": fields.get("ms", ""),
        "bytes": fields.get("bytes", ""),
        "jobs": get_jobs(request, _JOBS).latest(),
    }
    return render_page(request, "simulation_form", {**defaults, **context}, status)


def _parse_scenario(fields: QueryDict) -> Scenario:
    if fields.get("what") != "retention":
        is_next = fields.get("horizon") == Horizon.NEXT.value
        return Compaction(Horizon.NEXT if is_next else Horizon.END, bool(fields.get("assume")))
    limits = []
    for name in ("ms", "bytes"):
        limit = query_number(fields, name)
        if limit is None and fields.get(name):
            raise _InvalidField(f"retention.{name} is to be a whole number, or left empty")
        limits.append(limit)
    text = fields.get("by", "")
    if not text:
        return Retention(int(time.time() * 1000), *limits)
    try:
        return Retention(parse_time(text), *limits)
    except ValueError:
        raise _InvalidField(f"{text!r} is no date such as 2030-01-31T12:00") from None


@require_safe
def result(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show the job's progress or its result; `removed` and `changed` are pages of its lists."""
    job = get_jobs(request, _JOBS).get_or_404(job_id)
    context: dict[str, Any] = {"job": job, "topic": get_journal(request).topic.name}
    if job.result is not None:
        removed_page = parse_page(request.GET, _PAGE_SIZE, "removed")
        changed_page = parse_page(request.GET, _PAGE_SIZE, "changed")
        removed, changes = job.result.removed, job.result.changes
        changes_shown = changes[changed_page.offset : changed_page.offset + _PAGE_SIZE]
        context |= {
            "forecast": job.result,
            "types": job.result.types.most_common(),
            "removed_count": len(job.result.removals),
            "removed": removed[removed_page.offset : removed_page.offset + _PAGE_SIZE],
            "removed_page": removed_page.context(len(removed)),
            "changed": [(_KIND_WORDS[change.kind], change) for change in changes_shown],
            "changed_page": changed_page.context(len(changes)),
        }
    return render_page(request, "simulation_result", context)


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    get_jobs(request, _JOBS).get_or_404(job_id).cancel()
    return redirect("simulation-result", job_id)
