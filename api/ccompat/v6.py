"""Below /apis/ccompat/v6, where what is deleted is gone."""

from api.ccompat.urls import paths

urlpatterns = paths()
