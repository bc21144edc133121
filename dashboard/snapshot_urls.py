"""The addresses of the pages that read: of the node's own registry and of every snapshot."""

from django.urls import URLPattern, path, register_converter
from django.views.generic import RedirectView

from dashboard.artifacts import views as artifacts
from dashboard.frame.converters import GroupConverter, IdConverter
from dashboard.frame.permissions import administrators, anybody, readers
from dashboard.home import tables
from dashboard.journal import views as journal_list
from dashboard.records import views as records
from dashboard.snapshots import views as snapshots
from dashboard.versions import editing, tabs
from dashboard.versions import views as versions

register_converter(IdConverter, "id")
register_converter(GroupConverter, "group")

VERSION = "ui/artifacts/<group:group_id>/<id:artifact_id>/versions/<id:version>"

reading_pages: list[URLPattern] = [
    path("ui/artifacts", readers(artifacts.show), name="artifacts"),
    path(VERSION, readers(versions.show), name="version"),
    path(
        f"{VERSION}/documentation",
        readers(tabs.documentation),
        name="version-documentation",
    ),
    path(f"{VERSION}/references", readers(tabs.references), name="version-references"),
    path(f"{VERSION}/rules", readers(editing.rules), name="version-rules"),
    path(f"{VERSION}/comments", readers(editing.comments), name="version-comments"),
    path(f"{VERSION}/history", readers(tabs.past), name="version-history"),
    path(f"{VERSION}/compare", readers(tabs.comparison), name="version-compare"),
    path(f"{VERSION}/use", readers(tabs.use), name="version-use"),
    path("ui/journal", administrators(journal_list.show), name="journal"),
    path(
        "ui/journal/<int:partition>/<int:offset>",
        administrators(records.show),
        name="record",
    ),
    path("ui/tables", administrators(tables.show), name="tables"),
]
urlpatterns = [
    path("", anybody(RedirectView.as_view(pattern_name="artifacts")), name="start"),
    *reading_pages,
    path("ui/health", administrators(snapshots.about), name="health"),
]
