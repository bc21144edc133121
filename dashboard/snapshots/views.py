"""The pages of snapshots: taken, compared, browsed, loaded, discarded."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.frame.pages import current_snapshot, render_page
from dashboard.frame.paging import parse_page
from dashboard.jobs import JobPage, JobRunning
from dashboard.state import get_jobs
from dashboard.uploads.files import FileRejected, display_name, get_file, reopen
from journal.journal import Journal, get_journal
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import parse_offset_spec
from journal.kafka.topic_config_files import read_settings
from journal.ledger.rows import ledger_row, offsets_before
from journal.projection.content_view import choose_view
from journal.snapshots.builder import Progress
from journal.snapshots.comparisons import Comparison, compare
from journal.snapshots.from_file import UnreadableFile, UploadedFile, snapshot_from_file
from journal.snapshots.loading import LoadResult, check_target, load_snapshot
from journal.snapshots.point_in_time import EndPosition, FollowedJournal, PointInTimeSnapshots
from journal.snapshots.store import Snapshot, snapshot_store
from journal.times import parse_time
from registry.archives.zip_reader import ArchiveDamaged

_PAGE_SIZE = 50
_FAULT = "is neither an offset such as 1200 or 0:12,1:7 nor a time such as 2030-01-31 12:00"

#: The result of a job of this page; a redirect or a list shows it.
_Result = Snapshot | Comparison | LoadResult
_JOBS: JobPage[_Result] = JobPage(
    "snapshot-job", max_jobs=10, expected=(BrokerError, UnreadableFile, ArchiveDamaged, ValueError)
)


class _InvalidPosition(ValueError):
    """A text is neither an offset nor a time; the message is a sentence about it."""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the forms, filled with `at`, `from` and `to`, and the snapshots."""
    return _page(request, request.GET)


def _page(
    request: HttpRequest, fields: QueryDict, status: int = 200, **context: Any
) -> HttpResponse:
    jobs = get_jobs(request, _JOBS).latest()
    defaults = {
        "at": fields.get("at", ""),
        "from": fields.get("from", ""),
        "to": fields.get("to", ""),
        "snapshots": snapshot_store().all(),
        "jobs": [job for job in jobs if job.state != "done" or job.result is None],
        "limit": settings.ANNALS_LIMIT_DUMP_BYTES,
    }
    return render_page(request, "snapshots", {**defaults, **context}, status)


@require_POST
def point_in_time(request: HttpRequest) -> HttpResponse:
    """Take a snapshot as of `at`, an offset or a time."""
    try:
        position = _parse_position(request.POST.get("at", ""))
    except _InvalidPosition as error:
        return _page(request, request.POST, 400, wrong=str(error))
    title = f"The registry as it was: {request.POST['at']}"
    snapshots = _snapshots(get_journal(request))
    return _start(request, title, lambda on_progress: snapshots.take(position, on_progress))


@require_POST
def around_record(request: HttpRequest, partition: int, offset: int) -> HttpResponse:
    """Take a snapshot just before a record, or with `side=after` just after it."""
    row = ledger_row(partition, offset) if max(partition, offset) < 2**63 else None
    if row is None:
        raise Http404("There is no such record.")
    offsets = offsets_before(row)
    offsets[partition] += request.POST.get("side") == "after"
    position = EndPosition(offsets=offsets)
    title = f"The registry beside record {partition}:{offset}"
    snapshots = _snapshots(get_journal(request))
    return _start(request, title, lambda on_progress: snapshots.take(position, on_progress))


@require_POST
def comparison(request: HttpRequest) -> HttpResponse:
    """List the changes from `from` to `to`, by default now."""
    start, end = request.POST.get("from", ""), request.POST.get("to", "").strip()
    try:
        positions = _parse_position(start), _parse_position(end) if end else EndPosition()
    except _InvalidPosition as error:
        return _page(request, request.POST, 400, wrong=str(error))
    title = f"What changed from {start} to {end or 'now'}"
    snapshots = _snapshots(get_journal(request))

    def work(on_progress: Progress) -> Comparison:
        return compare(snapshot_store(), snapshots, positions, on_progress)

    return _start(request, title, work)


@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """Take a snapshot of a dump or an export, `file`, optionally with its topic's `settings`."""
    try:
        upload = get_file(request)
        text = request.POST.get("settings", "").strip()
        topic_config = read_settings(text) if text else None
    except FileRejected as error:
        return _page(request, request.POST, error.status, wrong=str(error))
    except ValueError as error:
        return _page(request, request.POST, 400, wrong=f"The topic's settings: {error}")
    uploaded = UploadedFile(display_name(upload), reopen(upload), topic_config)

    def work(on_progress: Progress) -> Snapshot:
        with uploaded.file:
            return snapshot_from_file(snapshot_store(), uploaded, on_progress)

    return _start(request, f"Reading {uploaded.name}", work)


def _parse_position(text: str) -> EndPosition:
    stripped = text.strip()
    with suppress(ValueError):
        return EndPosition(offsets=parse_offset_spec(stripped))
    try:
        return EndPosition(timestamp=parse_time(stripped))
    except ValueError:
        subject = repr(stripped) if stripped else "Nothing"
        raise _InvalidPosition(f"{subject} {_FAULT}") from None


def _snapshots(journal: Journal) -> PointInTimeSnapshots:
    """Return the snapshots of the node's own journal, in the content view of its tables."""
    view = journal.health.state().content_view
    if view is None:
        view = choose_view(settings.JOURNAL_DUPLICATE_ID_POLICY, lambda: True)
    followed = FollowedJournal(*journal.topic, view)
    return PointInTimeSnapshots(snapshot_store(), followed)


def _start(request: HttpRequest, title: str, work: Callable[[Progress], _Result]) -> HttpResponse:
    try:
        job = get_jobs(request, _JOBS).start(title, work)
    except JobRunning as error:
        return _page(request, request.POST, 409, wrong=str(error), busy=error.job)
    return redirect("snapshot-job", job.id)


@require_safe
def job_status(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show the progress, then redirect to the snapshot, or show the changes."""
    job = get_jobs(request, _JOBS).get_or_404(job_id)
    if isinstance(job.result, Snapshot):
        return redirect(f"/at/{job.result.id}/ui/health")
    context: dict[str, Any] = {"job": job, "cancel": reverse("snapshot-cancel", args=[job.id])}
    if isinstance(job.result, LoadResult):
        context["load_result"] = job.result
    elif job.result is not None:
        page, result = parse_page(request.GET, _PAGE_SIZE), job.result
        context |= {
            "comparison": result,
            "kinds": sorted(
                (table, kind.value, count) for (table, kind), count in result.kinds.items()
            ),
            "changed": [
                (change.kind.value, change)
                for change in result.changes[page.offset : page.offset + _PAGE_SIZE]
            ],
            "list_page": page.context(len(result.changes)),
        }
    return render_page(request, "snapshot_job", context)


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    get_jobs(request, _JOBS).get_or_404(job_id).cancel()
    return redirect("snapshot-job", job_id)


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    """Check `topic` as a target; load the records after a POST with its name."""
    snapshot = _get_snapshot_or_404(snapshot_id)
    journal, topic = get_journal(request).topic, request.GET.get("topic", "").strip()
    context: dict[str, Any] = {"stored": snapshot, "topic": topic}
    if not topic:
        return render_page(request, "snapshot_load", context)
    try:
        target = check_target(journal.properties, topic, snapshot.partitions, journal.name)
    except BrokerError as error:
        return render_page(request, "snapshot_load", {**context, "wrong": str(error)}, 503)
    context["target"] = target
    if request.method != "POST":
        return render_page(request, "snapshot_load", context)
    if target.blocked_reason or request.POST.get("topic", "").strip() != topic:
        context["unconfirmed"] = f"Type {topic}, as it stands above."
        return render_page(request, "snapshot_load", context, 409)

    def work(on_progress: Progress) -> LoadResult:
        return load_snapshot(journal.properties, snapshot_store(), snapshot, target, on_progress)

    return _start(request, f"Loading {snapshot.title} to topic {topic}", work)


def _get_snapshot_or_404(snapshot_id: str) -> Snapshot:
    snapshot = snapshot_store().find(snapshot_id)
    if snapshot is None:
        raise Http404("This snapshot is not kept, or not any more.")
    return snapshot


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    snapshot = _get_snapshot_or_404(snapshot_id)
    if request.method != "POST":
        return render_page(request, "snapshot_discard", {"stored": snapshot})
    snapshot_store().discard(snapshot)
    return redirect("snapshots")


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Show a summary of the snapshot in the address, and its findings."""
    snapshot = current_snapshot(request)
    if snapshot is None:
        raise Http404
    return render_page(request, "snapshot", {"findings": snapshot.findings})
