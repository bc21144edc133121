"""The paths below /apis/ccompat/v6; deletion is permanent."""

from api.ccompat.urls import paths

urlpatterns = paths()
