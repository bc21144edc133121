"""The paths of Confluent's API that this node serves, in whichever version."""

from django.urls import URLPattern, path, register_converter

from api.ccompat.config import Config, SubjectConfig
from api.ccompat.subjects import Subject, Subjects, SubjectVersion, SubjectVersions
from api.v2.ids import IdConverter

register_converter(IdConverter, "ccompat-id")

_SUBJECT = "subjects/<ccompat-id:subject>"


def paths(**of_deletable: list[str]) -> list[URLPattern]:
    """`of_deletable` are the attributes of views whose things can be deleted."""
    return [
        path("config", Config.as_view()),
        path("config/<ccompat-id:subject>", SubjectConfig.as_view()),
        path("subjects", Subjects.as_view()),
        path(_SUBJECT, Subject.as_view(**of_deletable)),
        path(f"{_SUBJECT}/versions", SubjectVersions.as_view()),
        path(f"{_SUBJECT}/versions/<ccompat-id:version>", SubjectVersion.as_view(**of_deletable)),
    ]
