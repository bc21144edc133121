"""The supported paths of Confluent's API, in any of its versions."""

from django.urls import URLPattern, path, register_converter

from api.ccompat.config import Config, SubjectConfig
from api.ccompat.subjects import Subject, Subjects, SubjectVersion, SubjectVersions
from api.v2.ids import IdConverter

register_converter(IdConverter, "ccompat-id")

_SUBJECT = "subjects/<ccompat-id:subject>"


def paths(**deletable: list[str]) -> list[URLPattern]:
    """Return the paths; `deletable` are attributes of the views with a DELETE."""
    return [
        path("config", Config.as_view()),
        path("config/<ccompat-id:subject>", SubjectConfig.as_view()),
        path("subjects", Subjects.as_view()),
        path(_SUBJECT, Subject.as_view(**deletable)),
        path(f"{_SUBJECT}/versions", SubjectVersions.as_view()),
        path(f"{_SUBJECT}/versions/<ccompat-id:version>", SubjectVersion.as_view(**deletable)),
    ]
