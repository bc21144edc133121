"""Several files or a zip at once: read, shown as a plan, changed, stored one after the other."""

from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from access.middleware import get_caller
from dashboard.frame.converters import group_name, parse_group
from dashboard.frame.pages import render_page, with_error_page
from dashboard.jobs import Job, JobRunning, Jobs
from dashboard.uploads.bundle_runs import Plan, begin_outcomes, plan_of, run
from dashboard.uploads.bundle_store import KeptBundle, find_bundle, forget, keep_bundle, save
from dashboard.uploads.files import shown_name
from dashboard.uploads.form import TYPES
from journal.health.current import blocking_finding, current_findings
from journal.outcomes.errors import NoOutcome
from journal.snapshots.builder import Progress
from registry.artifact_types import detect
from registry.bundles.file_reader import BundleLimits, BundleRejected, is_zip, read_bundle
from registry.bundles.names import suggest_ids
from registry.errors import RegistryError

_LONGEST = 512
_jobs: Jobs[KeptBundle] = Jobs("bulk-upload-plan", max_jobs=5, expected=(RegistryError, NoOutcome))


def is_for_several(request: HttpRequest) -> bool:
    """Whether what was sent to the page for one content is more than one."""
    files = request.FILES.getlist("file")
    if len(files) > 1:
        return True
    start = files[0].read(4) if files else b""
    if files:
        files[0].seek(0)
    return is_zip(start)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error uploading artifacts.")
def ask(request: HttpRequest) -> HttpResponse:
    """A POST of `file`, as often as there are files, and of `group`."""
    return bring(request) if request.method == "POST" else _form(request)


def bring(request: HttpRequest) -> HttpResponse:
    """Reads all of it, keeps it, and goes to its plan."""
    limits = _limits()
    given = [(shown_path(each), _opened(each)) for each in request.FILES.getlist("file")]
    try:
        read = read_bundle(given, limits)
    except BundleRejected as error:
        return _form(request, 400, wrong=str(error))
    pieces = []
    for each in read.files:
        found = detect(each.content)
        pieces.append((None if found is None else found.name, each.content, each.path))
    group = group_name(parse_group(request.POST.get("group", "")[:_LONGEST]))
    ids = suggest_ids(pieces)
    bundle = keep_bundle(get_caller(request).name, group, read.files, ids, read.remarks)
    return redirect("bulk-upload-plan", bundle.id)


@require_http_methods(["GET", "HEAD", "POST"])
@with_error_page("Error uploading artifacts.")
def plan(request: HttpRequest, bundle_id: UUID) -> HttpResponse:
    """What would become of it, or what became of it; a POST changes ids, types and the group."""
    bundle = _found(request, bundle_id)
    if request.method == "POST":
        _change(request, bundle)
        return redirect("bulk-upload-plan", bundle_id)
    job = _job_of(bundle)
    if job is not None and job.state == "running":
        return _outcome_page(request, bundle, job)
    if bundle.outcomes and "again" not in request.GET:
        return _outcome_page(request, bundle, job)
    return _plan_page(request, bundle)


@require_POST
@with_error_page("Error uploading artifacts.")
def begin(request: HttpRequest, bundle_id: UUID) -> HttpResponse:
    """With what stands in the form; nothing begins while a line is refused."""
    bundle = _found(request, bundle_id)
    job = _job_of(bundle)
    if job is not None and job.state == "running":
        return redirect("bulk-upload-plan", bundle_id)
    _change(request, bundle)
    asks = get_caller(request)
    planned = plan_of(bundle, asks)
    if planned.refused or not planned.to_store:
        return _plan_page(request, bundle, planned, 409)
    begin_outcomes(bundle, planned)

    def work(tell: Progress) -> KeptBundle:
        return run(bundle, planned, asks.name, tell)

    try:
        title = f"Uploading {len(planned.to_store)} artifacts"
        started = _jobs.start(title, work, url=reverse("bulk-upload-plan", args=[bundle_id]))
    except JobRunning as error:
        bundle.outcomes = []
        save(bundle)
        return _plan_page(request, bundle, planned, 409, busy=error)
    return _begun(bundle, started)


@require_POST
def drop(request: HttpRequest, bundle_id: UUID) -> HttpResponse:
    """Forgets the files; what was stored stays."""
    forget(_found(request, bundle_id))
    return redirect("bulk-upload")


def _begun(bundle: KeptBundle, job: Job[KeptBundle]) -> HttpResponse:
    _running[bundle.id] = job.id
    while len(_running) > _MOST_RUNS:
        _running.pop(next(iter(_running)))
    return redirect("bulk-upload-plan", bundle.id)


#: Which work stores which bundle, in this process.
_running: dict[str, UUID] = {}
_MOST_RUNS = 50


def _job_of(bundle: KeptBundle) -> Job[KeptBundle] | None:
    job_id = _running.get(bundle.id)
    return None if job_id is None else _jobs.find(job_id)


def _found(request: HttpRequest, bundle_id: UUID) -> KeptBundle:
    """Raises Http404."""
    bundle = find_bundle(bundle_id, get_caller(request).name)
    if bundle is None:
        raise Http404("These files are not kept any more. Bring them again.")
    return bundle


def _change(request: HttpRequest, bundle: KeptBundle) -> None:
    """What the form says; lines that it does not name stay as they are."""
    said = request.POST
    if "group" in said:
        bundle.group = group_name(parse_group(said["group"][:_LONGEST]))
    types = {name for name, _ in TYPES}
    for at, line in enumerate(bundle.lines):
        if f"id-{at}" not in said:
            continue
        line.artifact_id = said[f"id-{at}"].strip()[:_LONGEST]
        chosen = said.get(f"type-{at}", "")
        line.type_name = chosen if chosen in types else ""
        line.is_left_out = f"leave-{at}" in said
    bundle.outcomes = []
    save(bundle)


def shown_path(given: "UploadedFile[Any]") -> str:
    return shown_name(given)


def _opened(given: "UploadedFile[Any]") -> IO[bytes]:
    return given.file  # type: ignore[return-value]


def _limits() -> BundleLimits:
    return BundleLimits(file=settings.ANNALS_LIMIT_CONTENT_BYTES)


def _plan_page(
    request: HttpRequest,
    bundle: KeptBundle,
    planned: Plan | None = None,
    status: int = 200,
    busy: JobRunning | None = None,
) -> HttpResponse:
    planned = planned or plan_of(bundle, get_caller(request))
    paths = [each.path for each in bundle.lines]
    rows = [
        {
            "planned": each,
            "line": bundle.lines[each.index],
            "inner": [(name, paths[at]) for name, at in each.bundled_references],
            "detected": planned.types[each.index],
        }
        for each in planned.planned
    ]
    context = {
        "bundle": bundle,
        "plan": planned,
        "rows": rows,
        "types": TYPES,
        "busy": busy,
        "refusing": blocking_finding(current_findings()),
    }
    return render_page(request, "bulk_upload_plan", context, status)


def _outcome_page(
    request: HttpRequest, bundle: KeptBundle, job: Job[KeptBundle] | None
) -> HttpResponse:
    """As the file has it: also when the process that began it is gone."""
    states = [each.state for each in bundle.outcomes]
    rows = [(each, bundle.lines[each.at].path) for each in bundle.outcomes]
    is_running = job is not None and job.state == "running"
    context = {
        "bundle": bundle,
        "group": parse_group(bundle.group),
        "job": job,
        "is_running": is_running,
        "rows": rows,
        "stored": states.count("stored"),
        "there": states.count("there"),
        "open": len(states) - states.count("stored") - states.count("there"),
        "trouble": job.error if job is not None else "",
    }
    return render_page(request, "bulk_upload_result", context)


def _form(request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
    limits = _limits()
    shown = {
        "limits": limits,
        "group": request.POST.get("group", request.GET.get("group", "")),
        "refusing": blocking_finding(current_findings()),
    }
    return render_page(request, "bulk_upload", {**shown, **context}, status)
