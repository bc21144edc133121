"""Below /apis/ccompat/v7, which deletes softly: that is not served yet."""

from api.ccompat.urls import paths

urlpatterns = paths(http_method_names=["get", "head", "options"])
