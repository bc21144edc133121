"""The addresses of a snapshot: all pages and APIs for reading."""

from django.urls import include, path, re_path

from api.urls import apis

urlpatterns = [
    re_path(r"^apis/(?:registry|ccompat)/", apis),
    path("", include("dashboard.snapshot_urls")),
]
handler404 = "dashboard.frame.errors.not_found"
handler500 = "dashboard.frame.errors.server_error"
