"""Importing an export from the page: looked through first, then shown, then said."""

from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.frame.pages import render_page
from dashboard.jobs import JobRunning, Jobs
from dashboard.uploads.files import display_name, reopen
from journal.commands import PreservedIds, import_archive, preview_import
from journal.commands.import_plan import ImportPlan
from journal.outcomes.errors import NoOutcome
from journal.snapshots.builder import Progress
from registry.archives.zip_reader import ArchiveDamaged
from registry.errors import RegistryError


@dataclass(frozen=True, slots=True)
class Looked:
    """An export that was looked through; `is_imported` once all of it was said and applied."""

    name: str
    file: IO[bytes]
    kept: PreservedIds
    plan: ImportPlan
    is_imported: bool = False


_jobs: Jobs[Looked] = Jobs(
    "import-job", max_jobs=3, expected=(ArchiveDamaged, RegistryError, NoOutcome)
)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A POST of `file`, and of `new_global_ids` and `new_content_ids` if ids are to be drawn."""
    if request.method != "POST":
        return _form(request)
    given = request.FILES.get("file")
    if given is None or not given.size:
        return _form(request, 400, wrong="Choose a file that is not empty.")
    if given.size > settings.ANNALS_LIMIT_DUMP_BYTES:
        limit = settings.ANNALS_LIMIT_DUMP_BYTES
        wrong = (
            f"{given.size:,} bytes are more than the {limit:,} that ANNALS_LIMIT_DUMP_BYTES allows."
        )
        return _form(request, 413, wrong=wrong)
    kept = PreservedIds(
        global_ids="new_global_ids" not in request.POST,
        content_ids="new_content_ids" not in request.POST,
    )
    name, file = display_name(given), reopen(given)

    def look(tell: Progress) -> Looked:
        tell("Looking through every entry", 0.0)
        return Looked(name, file, kept, preview_import(file, kept))

    return _begun(request, f"What {name} would bring", look)


@require_safe
def show(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """What it would bring, with the question; or what it brought."""
    job = _jobs.get_or_404(job_id)
    context: dict[str, Any] = {"found": job.result}
    if job.title.startswith("What"):
        context["cancel"] = reverse("import-cancel", args=[job_id])
    return render_page(request, "import_job", {"job": job, **context})


@require_POST
def begin(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Says it; from then on it goes on to its end."""
    looked = _jobs.get_or_404(job_id).result
    if looked is None or looked.is_imported or looked.plan.conflict_count:
        return redirect("import-job", job_id)

    def bring(tell: Progress) -> Looked:
        def told(done: int, total: int) -> None:
            tell(f"{done:,} of {total:,} entries", done / max(total, 1))

        plan = import_archive(looked.file, looked.kept, told)
        return Looked(looked.name, looked.file, looked.kept, plan, is_imported=True)

    return _begun(request, f"Importing {looked.name}", bring)


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    _jobs.get_or_404(job_id).cancel()
    return redirect("import-job", job_id)


def _begun(request: HttpRequest, title: str, work: Any) -> HttpResponse:
    try:
        job = _jobs.start(title, work)
    except JobRunning as error:
        return _form(request, 409, wrong=str(error), busy=error.job)
    return redirect("import-job", job.id)


def _form(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    shown = {"limit": settings.ANNALS_LIMIT_DUMP_BYTES, "jobs": _jobs.latest()}
    return render_page(request, "import", {**shown, **context}, status)
