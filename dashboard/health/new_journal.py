"""The pages that write a new journal: the topic's name, what it would be, and what it became."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.frame.pages import render_page
from dashboard.jobs import JobRunning, Jobs
from journal.health.node_state import node_state
from journal.kafka.errors import BrokerError
from journal.kafka.load_targets import TIMES_REPLACED, prepare_load_target
from journal.repair.new_journal.plan import (
    NewJournalPlan,
    Verification,
    plan_new_journal,
    verify_new_journal,
    write_new_journal,
)
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

#: The part of the time after which the topic is read again.
_WRITTEN = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """`dialect` is None for that of this journal."""

    topic: str
    dialect: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a dry run there is only `preview`; no `steps` if the topic is not what was meant."""

    wanted: Wanted
    preview: tuple[str, ...]
    is_written: bool = False
    is_good: bool = False
    verdict: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


_jobs: Jobs[Outcome] = Jobs("new-journal-job", max_jobs=5, expected=(BrokerError, RepairImpossible))


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A POST of `topic` and `dialect` begins the dry run."""
    if request.method != "POST":
        return _form(request)
    wanted = _wanted(request)
    if not wanted.topic:
        return _form(request, 400, wrong="Name the new topic.", wanted=wanted)
    try:
        target = check_target(settings.KAFKA_PROPERTIES, wanted.topic, 1, settings.JOURNAL_TOPIC)
    except BrokerError as error:
        return _form(request, 503, wrong=str(error), wanted=wanted)
    if target.why_not:
        wrong = f"Topic {wanted.topic} can't be written to. {target.why_not}"
        return _form(request, 409, wrong=wrong, wanted=wanted)
    return _begun(request, f"What a new journal on {wanted.topic} would be", _DryRun(wanted))


def _form(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"dialects": [each.value for each in Dialect], "jobs": _jobs.latest()}
    return render_page(request, "new_journal", {**shown, **context}, status)


def _wanted(request: HttpRequest) -> Wanted:
    named = request.POST.get("dialect", "")
    known = {each.value for each in Dialect}
    return Wanted(request.POST.get("topic", "").strip(), named if named in known else None)


def _begun(request: HttpRequest, title: str, work: "_DryRun") -> HttpResponse:
    try:
        job = _jobs.start(title, work)
    except JobRunning as error:
        return _form(request, 409, wrong=str(error), busy=error.job)
    return redirect("new-journal-job", job.id)


class _DryRun:
    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted

    def __call__(self, tell: Progress) -> Outcome:
        tell("Reading the tables", 0.0)
        with repeatable_read():
            return self._done(self._plan(), tell)

    def _plan(self) -> NewJournalPlan:
        planned = plan_new_journal(choose_dialect(self._wanted.dialect))
        if not planned.offsets:
            raise RepairImpossible("This node has applied no record, so it has no state to write.")
        return planned

    def _done(self, planned: NewJournalPlan, tell: Progress) -> Outcome:
        return Outcome(self._wanted, self._preview(planned))

    def _preview(self, planned: NewJournalPlan) -> tuple[str, ...]:
        return tuple(preview_lines(planned, self._wanted.topic, node_state()))


class _Writing(_DryRun):
    def _done(self, planned: NewJournalPlan, tell: Progress) -> Outcome:
        properties, topic = settings.KAFKA_PROPERTIES, self._wanted.topic

        def told(doing: str, begin: float) -> Any:
            return lambda done, size: tell(
                f"{doing}, {done:,} of {size:,} records",
                begin + (1 - _WRITTEN) * min(done / max(size, 1), 1.0),
            )

        with prepare_load_target(properties, topic, 1) as empty:
            write_new_journal(planned, properties, topic, told("Writing", 0.0))
        found = verify_new_journal(planned, properties, topic, told("Reading it again", _WRITTEN))
        return self._outcome(planned, found, empty.keeps_times)

    def _outcome(self, planned: NewJournalPlan, found: Verification, keeps_times: bool) -> Outcome:
        is_good = not (found.failed_records or found.unexpected_rows)
        verdict = tuple(verification_lines(planned, found))
        return Outcome(
            self._wanted,
            self._preview(planned),
            is_written=True,
            is_good=is_good,
            verdict=verdict if keeps_times else (*verdict, TIMES_REPLACED),
            steps=tuple(cut_over_steps(planned, found, self._wanted.topic)) if is_good else (),
        )


@require_safe
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far the work is, what would be written, or what was."""
    job = _jobs.get_or_404(job_id)
    cancel_at = reverse("new-journal-cancel", args=[job.id])
    return render_page(request, "new_journal_job", {"job": job, "cancel": cancel_at})


@require_POST
def write(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """After a dry run, its topic typed once more."""
    job = _jobs.get_or_404(job_id)
    if job.result is None or job.result.is_written:
        raise Http404("There is nothing to write.")
    wanted = job.result.wanted
    if request.POST.get("topic", "").strip() != wanted.topic:
        told = {"job": job, "unconfirmed": f"Type {wanted.topic}, as it stands above."}
        return render_page(request, "new_journal_job", told, 409)
    return _begun(request, f"A new journal on {wanted.topic}", _Writing(wanted))


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    _jobs.get_or_404(job_id).cancel()
    return redirect("new-journal-job", job_id)
