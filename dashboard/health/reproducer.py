"""The page for reproducing the incident on a scratch topic, step by step."""

from contextlib import closing
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dashboard.frame.pages import render_page
from dashboard.jobs import JobPage, JobRunning
from dashboard.state import get_jobs
from journal.journal import get_journal
from journal.kafka.errors import BrokerError
from journal.reproducer.steps import Step, reproduce_incident
from journal.snapshots.builder import Progress


@dataclass(slots=True)
class Reproduction:
    """The steps so far; `has_nonce` is true if the keys of id records have a nonce."""

    has_nonce: bool
    steps: list[Step] = field(default_factory=list)


_JOBS: JobPage[Reproduction] = JobPage("reproducer", max_jobs=1, expected=(BrokerError,))


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show the latest run; a POST with `keys` of `alike` or `nonce` starts another."""
    if request.method != "POST":
        return _page(request)
    topic = get_journal(request).topic
    reproduction = Reproduction(has_nonce=request.POST.get("keys") == "nonce")

    def work(on_progress: Progress) -> Reproduction:
        steps = reproduce_incident(*topic, reproduction.has_nonce)
        with closing(steps):
            for step in steps:
                reproduction.steps.append(step)
                on_progress(step.title, 0.0)
        return reproduction

    title = "A re-enactment of the incident"
    try:
        get_jobs(request, _JOBS).start(title, work, url=reverse("reproducer"), result=reproduction)
    except JobRunning as error:
        return _page(request, 409, wrong=str(error), busy=error.job)
    return redirect("reproducer")


def _page(request: HttpRequest, status: int = 200, **context: object) -> HttpResponse:
    job = next(iter(get_jobs(request, _JOBS).latest()), None)
    return render_page(request, "reproducer", {"job": job, **context}, status)
