"""The addresses of the pages."""

from django.urls import URLPattern, path

from dashboard.snapshot_urls import VERSION, reading_pages
from dashboard.views import (
    foresight,
    health,
    mending,
    new_journal,
    reenactment,
    snapshots,
    uploads,
    versions,
)

urlpatterns: list[URLPattern] = [
    *reading_pages,
    path("ui/upload", uploads.upload, name="upload"),
    path(f"{VERSION}/delete", versions.delete_version, name="delete-version"),
    path(
        "ui/artifacts/<group:group_id>/<id:artifact_id>/delete",
        versions.delete_artifact,
        name="delete-artifact",
    ),
    path("ui/snapshots", snapshots.show, name="snapshots"),
    path("ui/snapshots/moment", snapshots.moment, name="snapshot-moment"),
    path(
        "ui/snapshots/beside/<int:partition>/<int:offset>", snapshots.beside_record, name="beside"
    ),
    path("ui/snapshots/comparison", snapshots.comparison, name="snapshot-comparison"),
    path("ui/snapshots/file", snapshots.file, name="snapshot-file"),
    path("ui/snapshots/work/<uuid:job_id>", snapshots.work, name="snapshot-work"),
    path("ui/snapshots/work/<uuid:job_id>/cancel", snapshots.cancel, name="snapshot-cancel"),
    path("ui/snapshots/<slug:snapshot_id>/load", snapshots.load, name="snapshot-load"),
    path("ui/snapshots/<slug:snapshot_id>/discard", snapshots.discard, name="snapshot-discard"),
    path("ui/health", health.show, name="health"),
    path("ui/health/reenactment", reenactment.show, name="reenactment"),
    path("ui/health/acknowledge", health.acknowledge, name="acknowledge"),
    path("ui/health/foresee", foresight.ask, name="foresee"),
    path("ui/health/foresee/<uuid:job_id>", foresight.show, name="foreseen"),
    path("ui/health/foresee/<uuid:job_id>/cancel", foresight.cancel, name="foreseen-cancel"),
    path("ui/health/mend/reset", mending.reset, name="mend-reset"),
    path("ui/health/mend/settings", mending.topic_settings, name="mend-settings"),
    path("ui/health/mend/move", mending.move, name="mend-move"),
    path("ui/health/mend/content", mending.contents, name="mend-contents"),
    path("ui/health/mend/content/<slug:content_hash>", mending.content, name="mend-content"),
    path("ui/health/mend/journal", new_journal.ask, name="new-journal"),
    path("ui/health/mend/journal/<uuid:job_id>", new_journal.show, name="new-journal-work"),
    path("ui/health/mend/journal/<uuid:job_id>/write", new_journal.write, name="new-journal-write"),
    path(
        "ui/health/mend/journal/<uuid:job_id>/cancel", new_journal.cancel, name="new-journal-cancel"
    ),
    path("ui/health/mend/<uuid:mending_id>", mending.outcome, name="mended"),
]
