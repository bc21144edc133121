"""The addresses of the pages."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from dashboard.admin import imports, roles
from dashboard.admin import views as administration
from dashboard.artifacts import selected
from dashboard.frame.permissions import administrators, anybody, readers, writers
from dashboard.health import forecast, new_journal, repair, reproducer
from dashboard.health import views as health
from dashboard.home import login
from dashboard.home import views as home
from dashboard.journal import export
from dashboard.snapshot_urls import VERSION, reading_pages
from dashboard.snapshots import views as snapshots
from dashboard.uploads import several
from dashboard.uploads import views as uploads
from dashboard.versions import editing
from dashboard.versions import views as versions

urlpatterns: list[URLPattern] = [
    path("", anybody(RedirectView.as_view(pattern_name="home")), name="start"),
    path("ui/home", readers(home.show), name="home"),
    *reading_pages,
    path(
        "ui/admin", administrators(RedirectView.as_view(pattern_name="admin-rules")), name="admin"
    ),
    path("ui/admin/rules", administrators(administration.rules), name="admin-rules"),
    path("ui/admin/roles", administrators(roles.show), name="admin-roles"),
    path("ui/admin/settings", administrators(administration.properties), name="admin-settings"),
    path("ui/admin/loggers", administrators(administration.loggers), name="admin-loggers"),
    path("ui/admin/export", administrators(administration.export), name="admin-export"),
    path("ui/admin/nodes", administrators(administration.nodes), name="admin-nodes"),
    path("ui/journal/export", administrators(export.show), name="journal-export"),
    path(
        "ui/journal/export/file",
        administrators(export.download),
        name="journal-export-file",
    ),
    path("ui/login", anybody(login.login), name="login"),
    path("ui/login/issuer", anybody(login.at_issuer), name="login-issuer"),
    path("ui/login/return", anybody(login.returned), name="login-return"),
    path("ui/logout", anybody(login.logout), name="logout"),
    path("ui/upload", writers(uploads.upload), name="upload"),
    path("ui/upload/look", writers(uploads.look), name="upload-look"),
    path("ui/several", writers(several.ask), name="several"),
    path("ui/several/<uuid:bundle_id>", writers(several.plan), name="several-plan"),
    path("ui/several/<uuid:bundle_id>/begin", writers(several.begin), name="several-begin"),
    path("ui/several/<uuid:bundle_id>/drop", writers(several.drop), name="several-drop"),
    path("ui/artifacts/selected", writers(selected.act), name="selected"),
    path("ui/artifacts/selected/download", readers(selected.download), name="selected-download"),
    path(f"{VERSION}/delete", writers(versions.delete_version), name="delete-version"),
    path(f"{VERSION}/edit", writers(editing.edit), name="edit-version"),
    path(f"{VERSION}/rules/set", writers(editing.set_rule), name="set-rule"),
    path(f"{VERSION}/comments/add", writers(editing.add_comment), name="add-comment"),
    path(
        f"{VERSION}/comments/<id:comment_id>/delete",
        writers(editing.delete_comment),
        name="delete-comment",
    ),
    path(
        "ui/artifacts/<group:group_id>/<id:artifact_id>/delete",
        writers(versions.delete_artifact),
        name="delete-artifact",
    ),
    path("ui/import", administrators(imports.ask), name="import"),
    path("ui/import/<uuid:job_id>", administrators(imports.show), name="import-work"),
    path("ui/import/<uuid:job_id>/begin", administrators(imports.begin), name="import-begin"),
    path("ui/import/<uuid:job_id>/cancel", administrators(imports.cancel), name="import-cancel"),
    path("ui/snapshots", administrators(snapshots.show), name="snapshots"),
    path("ui/snapshots/moment", administrators(snapshots.moment), name="snapshot-moment"),
    path(
        "ui/snapshots/beside/<int:partition>/<int:offset>",
        administrators(snapshots.beside_record),
        name="beside",
    ),
    path(
        "ui/snapshots/comparison",
        administrators(snapshots.comparison),
        name="snapshot-comparison",
    ),
    path("ui/snapshots/file", administrators(snapshots.file), name="snapshot-file"),
    path("ui/snapshots/work/<uuid:job_id>", administrators(snapshots.work), name="snapshot-work"),
    path(
        "ui/snapshots/work/<uuid:job_id>/cancel",
        administrators(snapshots.cancel),
        name="snapshot-cancel",
    ),
    path(
        "ui/snapshots/<slug:snapshot_id>/load",
        administrators(snapshots.load),
        name="snapshot-load",
    ),
    path(
        "ui/snapshots/<slug:snapshot_id>/discard",
        administrators(snapshots.discard),
        name="snapshot-discard",
    ),
    path("ui/health", readers(health.show), name="health"),
    path("ui/health/reenactment", administrators(reproducer.show), name="reenactment"),
    path("ui/health/acknowledge", administrators(health.acknowledge), name="acknowledge"),
    path("ui/health/foresee", administrators(forecast.ask), name="foresee"),
    path("ui/health/foresee/<uuid:job_id>", administrators(forecast.show), name="foreseen"),
    path(
        "ui/health/foresee/<uuid:job_id>/cancel",
        administrators(forecast.cancel),
        name="foreseen-cancel",
    ),
    path("ui/health/mend/reset", administrators(repair.reset), name="mend-reset"),
    path("ui/health/mend/settings", administrators(repair.topic_settings), name="mend-settings"),
    path("ui/health/mend/move", administrators(repair.move), name="mend-move"),
    path("ui/health/mend/content", administrators(repair.contents), name="mend-contents"),
    path(
        "ui/health/mend/content/<slug:content_hash>",
        administrators(repair.content),
        name="mend-content",
    ),
    path("ui/health/mend/journal", administrators(new_journal.ask), name="new-journal"),
    path(
        "ui/health/mend/journal/<uuid:job_id>",
        administrators(new_journal.show),
        name="new-journal-work",
    ),
    path(
        "ui/health/mend/journal/<uuid:job_id>/write",
        administrators(new_journal.write),
        name="new-journal-write",
    ),
    path(
        "ui/health/mend/journal/<uuid:job_id>/cancel",
        administrators(new_journal.cancel),
        name="new-journal-cancel",
    ),
    path("ui/health/mend/<uuid:mending_id>", administrators(repair.outcome), name="mended"),
]
