"""Below /apis/ccompat/v7, where what is deleted could be had again: that is not served yet."""

from api.ccompat.urls import paths

urlpatterns = paths(http_method_names=["get", "head", "options"])
