"""The addresses of the pages that read: of the node's own registry and of every snapshot."""

from django.urls import URLPattern, path, register_converter
from django.views.generic import RedirectView

from dashboard.converters import GroupConverter, IdConverter
from dashboard.views import artifacts, journal, snapshots, tables, versions

register_converter(IdConverter, "id")
register_converter(GroupConverter, "group")

VERSION = "ui/artifacts/<group:group_id>/<id:artifact_id>/versions/<id:version>"

reading_pages: list[URLPattern] = [
    path("", RedirectView.as_view(pattern_name="artifacts"), name="start"),
    path("ui/artifacts", artifacts.show, name="artifacts"),
    path(VERSION, versions.show, name="version"),
    path("ui/journal", journal.show, name="journal"),
    path("ui/journal/<int:partition>/<int:offset>", journal.show_record, name="record"),
    path("ui/tables", tables.show, name="tables"),
]
urlpatterns = [
    *reading_pages,
    path("ui/health", snapshots.about, name="health"),
]
