"""Subjects: the artifacts of the default group, their versions by number."""

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.ccompat.problems import InvalidVersion, answer_ccompat_problem
from api.resource import Resource
from registry import queries
from registry.errors import VersionNotFound
from registry.models import State
from registry.queries import VersionMeta
from registry.references import Reference

#: What a schema is when nothing else is said of it.
_USUAL_TYPE = "AVRO"


class _CcompatResource(Resource):
    def get_exception_handler(self) -> Callable[[Exception, dict[str, Any]], Response]:
        return answer_ccompat_problem


class Subjects(_CcompatResource):
    def get(self, request: Request) -> Response:
        return Response(queries.subjects())


class SubjectVersion(_CcompatResource):
    def get(self, request: Request, subject: str, version: str) -> Response:
        body = queries.content_of_version(None, subject, _named(subject, version))
        meta = body.meta
        if meta is None or meta.state == State.DISABLED:
            raise VersionNotFound(None, subject, version)
        return Response(_schema(meta, body.content))


def _named(subject: str, version: str) -> str | None:
    """The version's name, or None for the latest; raises InvalidVersion, ArtifactNotFound."""
    if version == "latest":
        return None
    if not (version.isascii() and version.isdecimal()):
        raise InvalidVersion(f"A version is a number or 'latest', not '{version}'.")
    # Confluent tells a subject that is not there from a version that is not.
    queries.artifact_type(None, subject)
    return version


def _schema(meta: VersionMeta, content: bytes) -> dict[str, Any]:
    uses_global_ids = queries.config_property(queries.LEGACY_IDS).value == "true"
    document: dict[str, Any] = {
        "id": meta.global_id if uses_global_ids else meta.content_id,
        "subject": meta.artifact_id,
        "version": meta.version_id,
        "schema": content.decode(errors="replace"),
        "references": [_reference(each) for each in meta.references],
    }
    if meta.type != _USUAL_TYPE:
        document["schemaType"] = meta.type
    return document


def _reference(reference: Reference) -> dict[str, Any]:
    is_number = reference.version.isascii() and reference.version.isdecimal()
    return {
        "name": reference.name,
        "subject": reference.artifact_id,
        "version": int(reference.version) if is_number else reference.version,
    }
