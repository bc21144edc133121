"""The import of an export: previewed, confirmed, and then published."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.writers import get_writer
from dashboard.frame.pages import render_page
from dashboard.jobs import JobPage, JobRunning
from dashboard.state import get_jobs
from dashboard.uploads.files import FileRejected, display_name, get_file, reopen
from journal.commands import PreservedIds, import_archive, preview_import
from journal.commands.import_plan import ImportPlan
from journal.outcomes.errors import NoOutcome
from journal.snapshots.builder import Progress
from registry.archives.zip_reader import ArchiveDamaged
from registry.errors import RegistryError


@dataclass(frozen=True, slots=True)
class ImportResult:
    """A preview, or with `is_imported` the published and applied entries."""

    name: str
    file: IO[bytes]
    preserved: PreservedIds
    plan: ImportPlan
    is_imported: bool = False


_JOBS: JobPage[ImportResult] = JobPage(
    "import-job", max_jobs=3, expected=(ArchiveDamaged, RegistryError, NoOutcome)
)


@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Show the form, or preview `file`; `new_global_ids` and `new_content_ids` allocate ids."""
    if request.method != "POST":
        return _form_page(request)
    try:
        uploaded = get_file(request)
    except FileRejected as error:
        return _form_page(request, error.status, wrong=str(error))
    preserved = PreservedIds(
        global_ids="new_global_ids" not in request.POST,
        content_ids="new_content_ids" not in request.POST,
    )
    name, file = display_name(uploaded), reopen(uploaded)

    def work(on_progress: Progress) -> ImportResult:
        on_progress("Looking through every entry", 0.0)
        return ImportResult(
            name, file, preserved, preview_import(get_writer(request), file, preserved)
        )

    return _start(request, f"What {name} would bring", work)


@require_safe
def job_status(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show the progress, then the preview with its confirmation, or the result of the import."""
    job = get_jobs(request, _JOBS).get_or_404(job_id)
    context: dict[str, Any] = {"job": job, "result": job.result}
    if job.title.startswith("What"):
        context["cancel"] = reverse("import-cancel", args=[job_id])
    return render_page(request, "import_job", context)


@require_POST
def start(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Publish the previewed entries; can't be canceled."""
    preview = get_jobs(request, _JOBS).get_or_404(job_id).result
    if preview is None or preview.is_imported or preview.plan.conflict_count:
        return redirect("import-job", job_id)

    def work(on_progress: Progress) -> ImportResult:
        def report(done: int, total: int) -> None:
            on_progress(f"{done:,} of {total:,} entries", done / max(total, 1))

        plan = import_archive(get_writer(request), preview.file, preview.preserved, report)
        return replace(preview, plan=plan, is_imported=True)

    return _start(request, f"Importing {preview.name}", work)


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    get_jobs(request, _JOBS).get_or_404(job_id).cancel()
    return redirect("import-job", job_id)


def _start(
    request: HttpRequest, title: str, work: Callable[[Progress], ImportResult]
) -> HttpResponse:
    try:
        job = get_jobs(request, _JOBS).start(title, work)
    except JobRunning as error:
        return _form_page(request, 409, wrong=str(error), busy=error.job)
    return redirect("import-job", job.id)


def _form_page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    jobs = get_jobs(request, _JOBS).latest()
    defaults = {"limit": settings.ANNALS_LIMIT_DUMP_BYTES, "jobs": jobs}
    return render_page(request, "import", {**defaults, **context}, status)
