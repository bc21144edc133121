"""The addresses of the pages."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from dashboard.admin import imports, roles
from dashboard.admin import views as administration
from dashboard.artifacts import bulk_actions
from dashboard.frame.permissions import public, require_admin, require_read, require_write
from dashboard.health import forecast, new_journal, repair, reproducer
from dashboard.health import views as health
from dashboard.home import login
from dashboard.home import views as home
from dashboard.journal import export
from dashboard.snapshot_urls import VERSION, reading_pages
from dashboard.snapshots import views as snapshots
from dashboard.uploads import bulk_upload
from dashboard.uploads import views as uploads
from dashboard.versions import editing
from dashboard.versions import views as versions

urlpatterns: list[URLPattern] = [
    path("", public(RedirectView.as_view(pattern_name="home")), name="start"),
    path("ui/home", require_read(home.show), name="home"),
    *reading_pages,
    path("ui/admin", require_admin(RedirectView.as_view(pattern_name="admin-rules")), name="admin"),
    path("ui/admin/rules", require_admin(administration.rules), name="admin-rules"),
    path("ui/admin/roles", require_admin(roles.show), name="admin-roles"),
    path("ui/admin/settings", require_admin(administration.properties), name="admin-settings"),
    path("ui/admin/loggers", require_admin(administration.loggers), name="admin-loggers"),
    path("ui/admin/export", require_admin(administration.export), name="admin-export"),
    path("ui/admin/nodes", require_admin(administration.nodes), name="admin-nodes"),
    path("ui/journal/export", require_admin(export.show), name="journal-export"),
    path(
        "ui/journal/export/file",
        require_admin(export.download),
        name="journal-export-file",
    ),
    path("ui/login", public(login.login), name="login"),
    path("ui/login/issuer", public(login.redirect_to_issuer), name="login-issuer"),
    path("ui/login/return", public(login.issuer_callback), name="login-return"),
    path("ui/logout", public(login.logout), name="logout"),
    path("ui/upload", require_write(uploads.upload), name="upload"),
    path("ui/upload/look", require_write(uploads.preview), name="upload-preview"),
    path("ui/several", require_write(bulk_upload.form), name="bulk-upload"),
    path("ui/several/<uuid:upload_id>", require_write(bulk_upload.plan), name="bulk-upload-plan"),
    path(
        "ui/several/<uuid:upload_id>/begin",
        require_write(bulk_upload.start),
        name="bulk-upload-start",
    ),
    path(
        "ui/several/<uuid:upload_id>/drop",
        require_write(bulk_upload.discard),
        name="bulk-upload-discard",
    ),
    path("ui/artifacts/selected", require_write(bulk_actions.change), name="bulk-action"),
    path(
        "ui/artifacts/selected/download",
        require_read(bulk_actions.download),
        name="bulk-download",
    ),
    path(f"{VERSION}/delete", require_write(versions.delete_version), name="delete-version"),
    path(f"{VERSION}/edit", require_write(editing.edit), name="edit-version"),
    path(f"{VERSION}/rules/set", require_write(editing.set_rule), name="set-rule"),
    path(f"{VERSION}/comments/add", require_write(editing.add_comment), name="add-comment"),
    path(
        f"{VERSION}/comments/<id:comment_id>/delete",
        require_write(editing.delete_comment),
        name="delete-comment",
    ),
    path(
        "ui/artifacts/<group:group_id>/<id:artifact_id>/delete",
        require_write(versions.delete_artifact),
        name="delete-artifact",
    ),
    path("ui/import", require_admin(imports.form), name="import"),
    path("ui/import/<uuid:job_id>", require_admin(imports.job_status), name="import-job"),
    path("ui/import/<uuid:job_id>/begin", require_admin(imports.start), name="import-start"),
    path("ui/import/<uuid:job_id>/cancel", require_admin(imports.cancel), name="import-cancel"),
    path("ui/snapshots", require_admin(snapshots.show), name="snapshots"),
    path(
        "ui/snapshots/moment", require_admin(snapshots.point_in_time), name="snapshot-point-in-time"
    ),
    path(
        "ui/snapshots/beside/<number:partition>/<number:offset>",
        require_admin(snapshots.around_record),
        name="snapshot-around",
    ),
    path(
        "ui/snapshots/comparison",
        require_admin(snapshots.comparison),
        name="snapshot-comparison",
    ),
    path("ui/snapshots/file", require_admin(snapshots.file), name="snapshot-file"),
    path(
        "ui/snapshots/work/<uuid:job_id>", require_admin(snapshots.job_status), name="snapshot-job"
    ),
    path(
        "ui/snapshots/work/<uuid:job_id>/cancel",
        require_admin(snapshots.cancel),
        name="snapshot-cancel",
    ),
    path(
        "ui/snapshots/<slug:snapshot_id>/load",
        require_admin(snapshots.load),
        name="snapshot-load",
    ),
    path(
        "ui/snapshots/<slug:snapshot_id>/discard",
        require_admin(snapshots.discard),
        name="snapshot-discard",
    ),
    path("ui/health", require_read(health.show), name="health"),
    path("ui/health/reenactment", require_admin(reproducer.show), name="reproducer"),
    path("ui/health/acknowledge", require_admin(health.acknowledge), name="acknowledge"),
    path("ui/health/foresee", require_admin(forecast.form), name="simulation"),
    path(
        "ui/health/foresee/<uuid:job_id>", require_admin(forecast.result), name="simulation-result"
    ),
    path(
        "ui/health/foresee/<uuid:job_id>/cancel",
        require_admin(forecast.cancel),
        name="simulation-cancel",
    ),
    path("ui/health/mend/reset", require_admin(repair.reset), name="repair-reset"),
    path(
        "ui/health/mend/settings",
        require_admin(repair.topic_config),
        name="repair-topic-config",
    ),
    path("ui/health/mend/move", require_admin(repair.advance), name="repair-advance"),
    path("ui/health/mend/content", require_admin(repair.contents), name="repair-contents"),
    path(
        "ui/health/mend/content/<slug:content_hash>",
        require_admin(repair.content),
        name="repair-content",
    ),
    path("ui/health/mend/journal", require_admin(new_journal.form), name="new-journal"),
    path(
        "ui/health/mend/journal/<uuid:job_id>",
        require_admin(new_journal.show),
        name="new-journal-job",
    ),
    path(
        "ui/health/mend/journal/<uuid:job_id>/write",
        require_admin(new_journal.write),
        name="new-journal-write",
    ),
    path(
        "ui/health/mend/journal/<uuid:job_id>/cancel",
        require_admin(new_journal.cancel),
        name="new-journal-cancel",
    ),
    path("ui/health/mend/<uuid:repair_id>", require_admin(repair.result), name="repair-result"),
]
