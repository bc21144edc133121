"""The pages of registries beside the node's own: taken, compared, browsed, discarded."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboard.frame.pages import current_snapshot, render_page
from dashboard.frame.paging import parse_page
from dashboard.jobs import JobRunning, Jobs
from dashboard.uploads.files import display_name, reopen
from journal.health.node_state import node_state
from journal.kafka.errors import BrokerError
from journal.kafka.ranges import parse_offset_spec
from journal.kafka.topic_config_files import read_settings
from journal.kafka.topic_description import TopicDescription
from journal.ledger.rows import ledger_row, offsets_before
from journal.projection.content_view import choose_view
from journal.snapshots.builder import Progress
from journal.snapshots.comparisons import Comparison, compare
from journal.snapshots.from_file import UnreadableFile, UploadedFile, snapshot_from_file
from journal.snapshots.loading import LoadResult, check_target, load_snapshot
from journal.snapshots.point_in_time import (
    EndPosition,
    FollowedJournal,
    PointInTimeSnapshots,
    parse_time,
)
from journal.snapshots.store import Snapshot, snapshot_store
from registry.archives.zip_reader import ArchiveDamaged

_PAGE = 50
_WHEN = "is neither an offset such as 1200 or 0:12,1:7 nor a time such as 2030-01-31 12:00"

#: What work on this page ends with; a redirect or a list is shown.
_Result = Snapshot | Comparison | LoadResult
_jobs: Jobs[_Result] = Jobs(
    "snapshot-job", max_jobs=10, expected=(BrokerError, UnreadableFile, ArchiveDamaged, ValueError)
)


class _NoQuestion(ValueError):
    """A field of the form makes no sense; the text says which."""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """`at`, `from` and `to` in the address fill the forms."""
    return _page(request, request.GET)


def _page(
    request: HttpRequest, fields: QueryDict, status: int = 200, **context: Any
) -> HttpResponse:
    shown = {
        "at": fields.get("at", ""),
        "from": fields.get("from", ""),
        "to": fields.get("to", ""),
        "snapshots": snapshot_store().all(),
        "jobs": [job for job in _jobs.latest() if job.state != "done" or job.result is None],
        "limit": settings.ANNALS_LIMIT_DUMP_BYTES,
    }
    return render_page(request, "snapshots", {**shown, **context}, status)


@require_POST
def moment(request: HttpRequest) -> HttpResponse:
    """`at` is an offset or a time."""
    try:
        until = _until(request.POST.get("at", ""))
    except _NoQuestion as error:
        return _page(request, request.POST, 400, wrong=str(error))
    title = f"The registry as it was: {request.POST['at']}"
    return _begun(request, title, lambda on_progress: _moments().take(until, on_progress))


@require_POST
def beside_record(request: HttpRequest, partition: int, offset: int) -> HttpResponse:
    """Just before a record was applied, or with `side=after` just after."""
    row = ledger_row(partition, offset) if max(partition, offset) < 2**63 else None
    if row is None:
        raise Http404("There is no such record.")
    offsets = offsets_before(row)
    offsets[partition] += request.POST.get("side") == "after"
    until = EndPosition(offsets=offsets)
    title = f"The registry beside record {partition}:{offset}"
    return _begun(request, title, lambda on_progress: _moments().take(until, on_progress))


@require_POST
def comparison(request: HttpRequest) -> HttpResponse:
    """What changed between `from` and `to`; an empty `to` is now."""
    asked = request.POST.get("from", ""), request.POST.get("to", "")
    try:
        between = _until(asked[0]), _until(asked[1]) if asked[1].strip() else EndPosition()
    except _NoQuestion as error:
        return _page(request, request.POST, 400, wrong=str(error))
    title = f"What changed from {asked[0]} to {asked[1].strip() or 'now'}"
    moments = _moments()
    return _begun(
        request, title, lambda on_progress: compare(snapshot_store(), moments, between, on_progress)
    )


@require_POST
def file(request: HttpRequest) -> HttpResponse:
    """A dump, `file`, perhaps with its topic's settings, `settings`."""
    given = request.FILES.get("file")
    if given is None or not given.size:
        return _page(request, request.POST, 400, wrong="Choose a file that is not empty.")
    if given.size > settings.ANNALS_LIMIT_DUMP_BYTES:
        wrong = (
            f"{given.size:,} bytes are more than the {settings.ANNALS_LIMIT_DUMP_BYTES:,} that "
            "ANNALS_LIMIT_DUMP_BYTES allows."
        )
        return _page(request, request.POST, 413, wrong=wrong)
    try:
        facts = _facts(request)
    except ValueError as error:
        return _page(request, request.POST, 400, wrong=f"The topic's settings: {error}")
    brought = UploadedFile(display_name(given), reopen(given), facts)

    def read(on_progress: Progress) -> Snapshot:
        with brought.file:
            return snapshot_from_file(snapshot_store(), brought, on_progress)

    return _begun(request, f"Reading {brought.name}", read)


def _facts(request: HttpRequest) -> TopicDescription | None:
    text = request.POST.get("settings", "").strip()
    return read_settings(text) if text else None


def _until(text: str) -> EndPosition:
    told = text.strip()
    try:
        return EndPosition(offsets=parse_offset_spec(told))
    except ValueError:
        pass
    try:
        return EndPosition(timestamp=parse_time(told))
    except ValueError:
        raise _NoQuestion(f"{told!r} {_WHEN}" if told else f"Nothing {_WHEN}") from None


def _moments() -> PointInTimeSnapshots:
    """Of the journal that this node follows, in the view of its tables."""
    view = node_state().content_view
    if view is None:
        view = choose_view(settings.JOURNAL_CONTENT_VIEW, lambda: True)
    return PointInTimeSnapshots(
        snapshot_store(), FollowedJournal(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC, view)
    )


def _begun(request: HttpRequest, title: str, work: Callable[[Progress], _Result]) -> HttpResponse:
    try:
        job = _jobs.start(title, work)
    except JobRunning as error:
        return _page(request, request.POST, 409, wrong=str(error), busy=error.job)
    return redirect("snapshot-job", job.id)


@require_safe
def work(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far it is; then the snapshot itself, or what changed."""
    job = _jobs.get_or_404(job_id)
    if isinstance(job.result, Snapshot):
        return redirect(f"/at/{job.result.id}/ui/health")
    context: dict[str, Any] = {"cancel": reverse("snapshot-cancel", args=[job.id])}
    if isinstance(job.result, LoadResult):
        context["loaded"] = job.result
    elif job.result is not None:
        context |= _changes(request, job.result)
    return render_page(request, "snapshot_job", {"job": job, **context})


@require_POST
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    _jobs.get_or_404(job_id).cancel()
    return redirect("snapshot-job", job_id)


def _changes(request: HttpRequest, found: Comparison) -> dict[str, Any]:
    at = parse_page(request.GET, _PAGE)
    return {
        "found": found,
        "kinds": sorted((table, kind.value, count) for (table, kind), count in found.kinds.items()),
        "changed": [
            (each.kind.value, each) for each in found.changes[at.offset : at.offset + _PAGE]
        ],
        "at": at.context(len(found.changes)),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def load(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    """`topic` in the address is looked at first; a POST that names it again loads the records."""
    found = _kept(snapshot_id)
    topic = request.GET.get("topic", "").strip()
    context: dict[str, Any] = {"found": found, "topic": topic}
    if not topic:
        return render_page(request, "snapshot_load", context)
    try:
        target = check_target(
            settings.KAFKA_PROPERTIES, topic, found.partitions, settings.JOURNAL_TOPIC
        )
    except BrokerError as error:
        return render_page(request, "snapshot_load", {**context, "wrong": str(error)}, 503)
    context["target"] = target
    if request.method != "POST":
        return render_page(request, "snapshot_load", context)
    if target.blocked_reason or request.POST.get("topic", "").strip() != topic:
        told = {**context, "unconfirmed": f"Type {topic}, as it stands above."}
        return render_page(request, "snapshot_load", told, 409)
    return _begun(
        request,
        f"Loading {found.title} to topic {topic}",
        lambda tell: load_snapshot(
            settings.KAFKA_PROPERTIES, snapshot_store(), found, target, tell
        ),
    )


def _kept(snapshot_id: str) -> Snapshot:
    found = snapshot_store().find(snapshot_id)
    if found is None:
        raise Http404("This snapshot is not kept, or not any more.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    found = _kept(snapshot_id)
    if request.method != "POST":
        return render_page(request, "snapshot_discard", {"found": found})
    snapshot_store().discard(found)
    return redirect("snapshots")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """The snapshot that the address is below: what was read, and what is wrong with it."""
    found = current_snapshot(request)
    if found is None:
        raise Http404
    return render_page(request, "snapshot", {"findings": found.findings})
