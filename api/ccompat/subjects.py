"""Subjects: the artifacts of the default group, their versions by number."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.ccompat.problems import InvalidVersion
from api.ccompat.resource import CcompatResource
from api.ccompat.schemas import new_schema, schema_document, schema_id
from journal import commands
from journal.commands import IfExists
from registry import queries
from registry.errors import VersionNotFound
from registry.models import State


class Subjects(CcompatResource):
    def get(self, request: Request) -> Response:
        return Response(queries.subjects())


class Subject(CcompatResource):
    def delete(self, request: Request, subject: str) -> Response:
        """Answers the numbers of the versions that went with it."""
        numbers = [
            queries.version_meta_of_any_state(None, subject, each).version_id
            for each in queries.version_names(None, subject)
        ]
        commands.delete_artifact(None, subject)
        return Response(numbers)


class SubjectVersions(CcompatResource):
    def post(self, request: Request, subject: str) -> Response:
        """The same schema again is no new version."""
        new = new_schema(request, subject)
        made = commands.create_artifact(new, IfExists.RETURN_OR_UPDATE)
        return Response({"id": schema_id(made)})


class SubjectVersion(CcompatResource):
    def get(self, request: Request, subject: str, version: str) -> Response:
        body = queries.content_of_version(None, subject, _named(subject, version))
        meta = body.meta
        if meta is None or meta.state == State.DISABLED:
            raise VersionNotFound(None, subject, version)
        return Response(schema_document(meta, body.content))

    def delete(self, request: Request, subject: str, version: str) -> Response:
        """For good, whatever `registry.rest.artifact.deletion.enabled` says of API v2."""
        meta = queries.version_meta_of_any_state(None, subject, _named(subject, version))
        commands.delete_version(None, subject, meta.version, must_be_enabled=False)
        return Response(meta.version_id)


def _named(subject: str, version: str) -> str | None:
    """The version's name, or None for the latest; raises InvalidVersion, ArtifactNotFound."""
    if version == "latest":
        return None
    if not (version.isascii() and version.isdecimal()):
        raise InvalidVersion(f"A version is a number or 'latest', not '{version}'.")
    # Confluent tells a subject that is not there from a version that is not.
    queries.artifact_type(None, subject)
    return version
