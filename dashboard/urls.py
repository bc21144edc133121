"""The addresses of the pages."""

from django.urls import URLPattern, path, register_converter
from django.views.generic import RedirectView

from dashboard.converters import GroupConverter, IdConverter
from dashboard.views import (
    artifacts,
    foresight,
    health,
    journal,
    mending,
    reenactment,
    tables,
    uploads,
    versions,
)

register_converter(IdConverter, "id")
register_converter(GroupConverter, "group")

_VERSION = "ui/artifacts/<group:group_id>/<id:artifact_id>/versions/<id:version>"

urlpatterns: list[URLPattern] = [
    path("", RedirectView.as_view(url="/ui/artifacts"), name="start"),
    path("ui/artifacts", artifacts.show, name="artifacts"),
    path("ui/upload", uploads.upload, name="upload"),
    path(_VERSION, versions.show, name="version"),
    path(f"{_VERSION}/delete", versions.delete_version, name="delete-version"),
    path(
        "ui/artifacts/<group:group_id>/<id:artifact_id>/delete",
        versions.delete_artifact,
        name="delete-artifact",
    ),
    path("ui/journal", journal.show, name="journal"),
    path("ui/journal/<int:partition>/<int:offset>", journal.show_record, name="record"),
    path("ui/tables", tables.show, name="tables"),
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
    path("ui/health/mend/<uuid:mending_id>", mending.outcome, name="mended"),
]
