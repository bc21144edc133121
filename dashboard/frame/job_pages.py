"""What pages of long work share: the work of an address, and looking again until its end."""

from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from dashboard.frame.pages import render_page
from dashboard.jobs import Job, Jobs

T = TypeVar("T")


def found_job(jobs: Jobs[T], job_id: UUID) -> Job[T]:
    """Raises Http404."""
    job = jobs.find(job_id)
    if job is None:
        raise Http404("This work is not known any more, or another process has it. Begin it again.")
    return job


def job_page(
    request: HttpRequest, template: str, job: Job[Any], context: dict[str, Any]
) -> HttpResponse:
    """The template finds the work as `job`; while it runs, the page looks again by itself."""
    return render_page(request, template, {"job": job, **context})
