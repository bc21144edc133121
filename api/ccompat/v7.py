"""The paths below /apis/ccompat/v7, without soft deletion, which is not supported yet."""

from api.ccompat.urls import paths

urlpatterns = paths(http_method_names=["get", "head", "options"])
