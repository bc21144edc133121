"""Several files or a zip at once: read, shown as a plan, edited, stored one after the other."""

from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from access.middleware import get_caller
from access.writers import get_writer
from dashboard.frame.converters import group_name, parse_group
from dashboard.frame.pages import render_page, with_error_page
from dashboard.jobs import Job, JobPage, JobRunning
from dashboard.state import get_jobs
from dashboard.uploads.bulk_upload_plan import BulkUploadPlan, execute, init_results, make_plan
from dashboard.uploads.bulk_upload_store import BulkUpload, create_upload, find_upload, save
from dashboard.uploads.bulk_upload_store import discard as discard_upload
from dashboard.uploads.files import display_name
from dashboard.uploads.form import TYPES
from journal.health.node_health import blocking_finding
from journal.journal import get_journal
from journal.outcomes.errors import NoOutcome
from registry.artifact_types import detect_type
from registry.bundles.file_reader import BundleLimits, BundleRejected, is_zip, read_bundle
from registry.bundles.names import suggest_ids
from registry.errors import RegistryError

_MAX_ID = 512
_JOBS: JobPage[BulkUpload] = JobPage(
    "bulk-upload-plan", max_jobs=5, expected=(RegistryError, NoOutcome)
)


def is_bulk_upload(request: HttpRequest) -> bool:
    """Return whether the form for one content received several files or a zip."""
    files = request.FILES.getlist("file")
    if len(files) > 1:
        return True
    start = files[0].read(4) if files else b""
    if files:
        files[0].seek(0)
    return is_zip(start)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error uploading artifacts.")
def form(request: HttpRequest) -> HttpResponse:
    """Show the form, or receive its files: one or more `file`, and `group`."""
    return receive(request) if request.method == "POST" else _form_page(request)


def receive(request: HttpRequest) -> HttpResponse:
    """Read and store the uploaded files, and redirect to their plan."""
    files = [(display_name(file), cast(Any, file.file)) for file in request.FILES.getlist("file")]
    try:
        bundle = read_bundle(files, _limits())
    except BundleRejected as error:
        return _form_page(request, 400, wrong=str(error))
    contents = []
    for file in bundle.files:
        detected = detect_type(file.content)
        contents.append((None if detected is None else detected.name, file.content, file.path))
    group = group_name(parse_group(request.POST.get("group", "")[:_MAX_ID]))
    ids = suggest_ids(contents)
    owner = get_caller(request).name
    upload = create_upload(owner, group, bundle.files, ids, bundle.remarks)
    return redirect("bulk-upload-plan", upload.id)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error uploading artifacts.")
def plan(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Show the plan, or the results of its run; a POST changes ids, types and the group."""
    upload = _get_upload_or_404(request, upload_id)
    if request.method == "POST":
        _apply_form(request, upload)
        return redirect("bulk-upload-plan", upload_id)
    job = _find_job(request, upload_id)
    is_running = job is not None and job.state == "running"
    if not is_running and (not upload.results or "again" in request.GET):
        return _plan_page(request, upload)
    # The saved results outlive the process that stored the items.
    states = [result.state for result in upload.results]
    stored, unchanged = states.count("stored"), states.count("there")
    context = {
        "upload": upload,
        "group": parse_group(upload.group),
        "job": job,
        "is_running": is_running,
        "rows": [(result, upload.items[result.index].path) for result in upload.results],
        "stored": stored,
        "unchanged": unchanged,
        "not_stored": len(states) - stored - unchanged,
        "error": job.error if job is not None else "",
    }
    return render_page(request, "bulk_upload_result", context)


@require_POST
@with_error_page("Error uploading artifacts.")
def start(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Store the items of the form, unless an item is rejected."""
    upload = _get_upload_or_404(request, upload_id)
    job = _find_job(request, upload_id)
    if job is not None and job.state == "running":
        return redirect("bulk-upload-plan", upload_id)
    _apply_form(request, upload)
    writer = get_writer(request)
    planned = make_plan(writer, upload)
    if planned.rejected or not planned.to_store:
        return _plan_page(request, upload, planned, 409)
    init_results(upload, planned)
    try:
        get_jobs(request, _JOBS).start(
            f"Uploading {len(planned.to_store)} artifacts",
            lambda on_progress: execute(writer, upload, planned, on_progress),
            url=reverse("bulk-upload-plan", args=[upload_id]),
        )
    except JobRunning as error:
        upload.results = []
        save(upload)
        return _plan_page(request, upload, planned, 409, busy=error)
    return redirect("bulk-upload-plan", upload_id)


@require_POST
def discard(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Discard the files; stored items stay."""
    discard_upload(_get_upload_or_404(request, upload_id))
    return redirect("bulk-upload")


def _find_job(request: HttpRequest, upload_id: UUID) -> Job[BulkUpload] | None:
    """Find the latest job of an upload in this process."""
    url = reverse("bulk-upload-plan", args=[upload_id])
    return next((job for job in get_jobs(request, _JOBS).latest() if job.url == url), None)


def _get_upload_or_404(request: HttpRequest, upload_id: UUID) -> BulkUpload:
    upload = find_upload(upload_id, get_caller(request).name)
    if upload is None:
        raise Http404("These files are not kept any more. Bring them again.")
    return upload


def _apply_form(request: HttpRequest, upload: BulkUpload) -> None:
    """Apply the form's fields; items without a field stay unchanged."""
    fields = request.POST
    if "group" in fields:
        upload.group = group_name(parse_group(fields["group"][:_MAX_ID]))
    types = {name for name, _ in TYPES}
    for index, item in enumerate(upload.items):
        if f"id-{index}" not in fields:
            continue
        item.artifact_id = fields[f"id-{index}"].strip()[:_MAX_ID]
        type_name = fields.get(f"type-{index}", "")
        item.type_name = type_name if type_name in types else ""
        item.is_skipped = f"leave-{index}" in fields
    upload.results = []
    save(upload)


def _limits() -> BundleLimits:
    return BundleLimits(file=settings.ANNALS_LIMIT_CONTENT_BYTES)


def _plan_page(
    request: HttpRequest,
    upload: BulkUpload,
    planned: BulkUploadPlan | None = None,
    status: int = 200,
    busy: JobRunning | None = None,
) -> HttpResponse:
    planned = planned or make_plan(get_writer(request), upload)
    findings = get_journal(request).health.findings()
    rows = [
        {
            "planned": item,
            "item": upload.items[item.index],
            "bundled_references": [
                (name, upload.items[index].path) for name, index in item.bundled_references
            ],
            "detected": planned.types[item.index],
        }
        for item in planned.planned
    ]
    context = {
        "upload": upload,
        "plan": planned,
        "rows": rows,
        "types": TYPES,
        "busy": busy,
        "blocking_finding": blocking_finding(findings),
    }
    return render_page(request, "bulk_upload_plan", context, status, findings=findings)


def _form_page(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    findings = get_journal(request).health.findings()
    defaults = {
        "limits": _limits(),
        "group": request.POST.get("group", request.GET.get("group", "")),
        "blocking_finding": blocking_finding(findings),
    }
    return render_page(request, "bulk_upload", {**defaults, **context}, status, findings=findings)
