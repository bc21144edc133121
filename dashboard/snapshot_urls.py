"""The addresses of the pages for reading, of the node's own registry and of every snapshot."""

from django.urls import URLPattern, path, register_converter
from django.views.generic import RedirectView

from dashboard.artifacts import views as artifacts
from dashboard.frame.converters import GroupConverter, IdConverter, NumberConverter
from dashboard.frame.permissions import public, require_admin, require_read
from dashboard.home import tables
from dashboard.journal import views as journal_list
from dashboard.records import views as records
from dashboard.snapshots import views as snapshots
from dashboard.versions import editing, tabs
from dashboard.versions import views as versions

register_converter(IdConverter, "id")
register_converter(GroupConverter, "group")
register_converter(NumberConverter, "number")

VERSION = "ui/artifacts/<group:group_id>/<id:artifact_id>/versions/<id:version>"

reading_pages: list[URLPattern] = [
    path("ui/artifacts", require_read(artifacts.show), name="artifacts"),
    path(VERSION, require_read(versions.show), name="version"),
    path(
        f"{VERSION}/documentation",
        require_read(tabs.documentation),
        name="version-documentation",
    ),
    path(f"{VERSION}/references", require_read(tabs.references), name="version-references"),
    path(f"{VERSION}/rules", require_read(editing.rules), name="version-rules"),
    path(f"{VERSION}/comments", require_read(editing.comments), name="version-comments"),
    path(f"{VERSION}/history", require_read(tabs.history), name="version-history"),
    path(f"{VERSION}/compare", require_read(tabs.compare), name="version-compare"),
    path(f"{VERSION}/use", require_read(tabs.client_code), name="version-use"),
    path("ui/journal", require_admin(journal_list.show), name="journal"),
    path(
        "ui/journal/<number:partition>/<number:offset>",
        require_admin(records.show),
        name="record",
    ),
    path("ui/tables", require_admin(tables.show), name="tables"),
]
urlpatterns = [
    path("", public(RedirectView.as_view(pattern_name="artifacts")), name="start"),
    *reading_pages,
    path("ui/health", require_admin(snapshots.report), name="health"),
]
