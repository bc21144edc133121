"""Below /apis/ccompat/v6, which deletes for good."""

from api.ccompat.urls import paths

urlpatterns = paths()
