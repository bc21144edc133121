"""The addresses of all parts of the node."""

from django.urls import include, path

from node.web import api_page

urlpatterns = [
    path("", include("api.urls")),
    path("", include("dashboard.urls")),
    path("ui/api", api_page.show, name="api"),
]
handler404 = "dashboard.frame.errors.not_found"
handler500 = "dashboard.frame.errors.server_error"
