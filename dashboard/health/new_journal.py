"""The pages for writing a new journal: the topic's name, a dry run, and the result."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.frame.pages import render_page
from dashboard.jobs import JobPage, JobRunning
from dashboard.state import get_jobs
from journal.journal import Journal, get_journal
from journal.kafka.errors import BrokerError
from journal.kafka.load_targets import TIMES_REPLACED, prepare_load_target
from journal.repair.new_journal.plan import plan_new_journal, verify_new_journal, write_new_journal
from journal.repair.new_journal.report import (
    choose_dialect,
    cut_over_steps,
    preview_lines,
    verification_lines,
)
from journal.repair.plan import RepairImpossible
from journal.snapshots.builder import Progress
from journal.snapshots.loading import check_target
from journal.wire.dialects import Dialect
from registry.queries import repeatable_read

#: The fraction of the progress at which the topic is read again.
_WRITTEN = 0.5


@dataclass(frozen=True, slots=True)
class NewJournalOptions:
    """`dialect` is None for the dialect of this journal."""

    topic: str
    dialect: str | None


@dataclass(frozen=True, slots=True)
class NewJournalResult:
    """A dry run has only a `preview`; `steps` is empty if the topic differs from the plan."""

    options: NewJournalOptions
    preview: tuple[str, ...]
    is_written: bool = False
    is_good: bool = False
    verdict: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


_JOBS: JobPage[NewJournalResult] = JobPage(
    "new-journal-job", max_jobs=5, expected=(BrokerError, RepairImpossible)
)


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Show the form; a POST of `topic` and `dialect` starts the dry run."""
    journal = get_journal(request)
    if request.method != "POST":
        return _form_page(request)
    dialect = request.POST.get("dialect", "")
    options = NewJournalOptions(
        request.POST.get("topic", "").strip(), dialect if dialect in list(Dialect) else None
    )
    if not options.topic:
        return _form_page(request, 400, wrong="Name the new topic.", options=options)
    try:
        target = check_target(journal.topic.properties, options.topic, 1, journal.topic.name)
    except BrokerError as error:
        return _form_page(request, 503, wrong=str(error), options=options)
    if target.blocked_reason:
        wrong = f"Topic {options.topic} can't be written to. {target.blocked_reason}"
        return _form_page(request, 409, wrong=wrong, options=options)
    title = f"What a new journal on {options.topic} would be"
    return _start(
        request, title, lambda on_progress: _build(journal, options, on_progress, is_dry_run=True)
    )


def _form_page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    defaults = {
        "dialects": [dialect.value for dialect in Dialect],
        "jobs": get_jobs(request, _JOBS).latest(),
    }
    return render_page(request, "new_journal", {**defaults, **context}, status)


def _start(
    request: HttpRequest, title: str, work: Callable[[Progress], NewJournalResult]
) -> HttpResponse:
    try:
        job = get_jobs(request, _JOBS).start(title, work)
    except JobRunning as error:
        return _form_page(request, 409, wrong=str(error), busy=error.job)
    return redirect("new-journal-job", job.id)


def _build(
    journal: Journal, options: NewJournalOptions, on_progress: Progress, *, is_dry_run: bool
) -> NewJournalResult:
    properties, topic = journal.topic.properties, options.topic

    def record_progress(step: str, start: float) -> Callable[[int, int], None]:
        return lambda done, total: on_progress(
            f"{step}, {done:,} of {total:,} records",
            start + (1 - _WRITTEN) * min(done / max(total, 1), 1.0),
        )

    on_progress("Reading the tables", 0.0)
    with repeatable_read():
        plan = plan_new_journal(choose_dialect(options.dialect))
        if not plan.offsets:
            raise RepairImpossible("This node has applied no record, so it has no state to write.")
        if is_dry_run:
            return NewJournalResult(
                options, tuple(preview_lines(plan, topic, journal.health.state()))
            )
        with prepare_load_target(properties, topic, 1) as target:
            write_new_journal(plan, properties, topic, record_progress("Writing", 0.0))
        verification = verify_new_journal(
            plan, properties, topic, record_progress("Reading it again", _WRITTEN)
        )
        is_good = not (verification.failed_records or verification.unexpected_rows)
        verdict = tuple(verification_lines(plan, verification))
        return NewJournalResult(
            options,
            tuple(preview_lines(plan, topic, journal.health.state())),
            is_written=True,
            is_good=is_good,
            verdict=verdict if target.keeps_times else (*verdict, TIMES_REPLACED),
            steps=tuple(cut_over_steps(plan, verification, topic)) if is_good else (),
        )


@require_safe
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show the progress, then the plan or the result of writing."""
    job = get_jobs(request, _JOBS).get_or_404(job_id)
    cancel_address = reverse("new-journal-cancel", args=[job.id])
    return render_page(request, "new_journal_job", {"job": job, "cancel": cancel_address})


@require_POST
def write(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Write the journal of a dry run, after the topic's name is typed again."""
    job = get_jobs(request, _JOBS).get_or_404(job_id)
    if job.result is None or job.result.is_written:
        raise Http404("There is nothing to write.")
    options = job.result.options
    if request.POST.get("topic", "").strip() != options.topic:
        context = {"job": job, "unconfirmed": f"Type {options.topic}, as it stands above."}
        return render_page(request, "new_journal_job", context, 409)
    title = f"A new journal on {options.topic}"
    journal = get_journal(request)

    def work(on_progress: Progress) -> NewJournalResult:
        return _build(journal, options, on_progress, is_dry_run=False)

    return _start(request, title, work)


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    get_jobs(request, _JOBS).get_or_404(job_id).cancel()
    return redirect("new-journal-job", job_id)
