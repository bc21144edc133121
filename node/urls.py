"""Where each part of the node is found."""

from django.urls import include, path

urlpatterns = [
    path("", include("api.urls")),
    path("", include("dashboard.urls")),
]
handler404 = "dashboard.views.errors.not_found"
handler500 = "dashboard.views.errors.broken"
