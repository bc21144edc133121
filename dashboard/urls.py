"""The addresses of the pages."""

from django.urls import URLPattern, path
from django.views.generic import RedirectView

from dashboard.gates import administrators, anybody, readers, writers
from dashboard.snapshot_urls import VERSION, reading_pages
from dashboard.views import (
    administration,
    foresight,
    health,
    home,
    imports,
    login,
    mending,
    new_journal,
    reenactment,
    roles,
    several,
    snapshots,
    uploads,
    version_editing,
    versions,
)

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
    path(f"{VERSION}/delete", writers(versions.delete_version), name="delete-version"),
    path(f"{VERSION}/edit", writers(version_editing.edit), name="edit-version"),
    path(f"{VERSION}/rules/set", writers(version_editing.set_rule), name="set-rule"),
    path(f"{VERSION}/comments/add", writers(version_editing.add_comment), name="add-comment"),
    path(
        f"{VERSION}/comments/<id:comment_id>/delete",
        writers(version_editing.delete_comment),
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
    path("ui/health/reenactment", administrators(reenactment.show), name="reenactment"),
    path("ui/health/acknowledge", administrators(health.acknowledge), name="acknowledge"),
    path("ui/health/foresee", administrators(foresight.ask), name="foresee"),
    path("ui/health/foresee/<uuid:job_id>", administrators(foresight.show), name="foreseen"),
    path(
        "ui/health/foresee/<uuid:job_id>/cancel",
        administrators(foresight.cancel),
        name="foreseen-cancel",
    ),
    path("ui/health/mend/reset", administrators(mending.reset), name="mend-reset"),
    path("ui/health/mend/settings", administrators(mending.topic_settings), name="mend-settings"),
    path("ui/health/mend/move", administrators(mending.move), name="mend-move"),
    path("ui/health/mend/content", administrators(mending.contents), name="mend-contents"),
    path(
        "ui/health/mend/content/<slug:content_hash>",
        administrators(mending.content),
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
    path("ui/health/mend/<uuid:mending_id>", administrators(mending.outcome), name="mended"),
]
