"""The paths of Confluent's API that this node serves, below /apis/ccompat/v6 and v7."""

from django.urls import path, register_converter

from api.ccompat.config import Config, SubjectConfig
from api.ccompat.subjects import Subject, Subjects, SubjectVersion, SubjectVersions
from api.v2.ids import IdConverter

register_converter(IdConverter, "ccompat-id")

_SUBJECT = "subjects/<ccompat-id:subject>"

urlpatterns = [
    path("config", Config.as_view()),
    path("config/<ccompat-id:subject>", SubjectConfig.as_view()),
    path("subjects", Subjects.as_view()),
    path(_SUBJECT, Subject.as_view()),
    path(f"{_SUBJECT}/versions", SubjectVersions.as_view()),
    path(f"{_SUBJECT}/versions/<ccompat-id:version>", SubjectVersion.as_view()),
]
