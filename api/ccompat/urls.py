"""The paths of Confluent's API, version 6, that this node serves, below /apis/ccompat/v6."""

from django.urls import path, register_converter

from api.ccompat.subjects import Subjects, SubjectVersion
from api.v2.ids import IdConverter

register_converter(IdConverter, "ccompat-id")

_SUBJECT = "subjects/<ccompat-id:subject>"

urlpatterns = [
    path("subjects", Subjects.as_view()),
    path(f"{_SUBJECT}/versions/<ccompat-id:version>", SubjectVersion.as_view()),
]
