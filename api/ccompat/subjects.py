"""Subjects: the artifacts of the default group, with their versions by number."""

from rest_framework.request import Request
from rest_framework.response import Response

from api.ccompat.problems import InvalidVersion
from api.ccompat.resource import CcompatResource
from api.ccompat.schemas import parse_schema, schema_document, schema_id
from journal import commands
from journal.commands import IfExists
from registry import queries
from registry.errors import VersionNotFound
from registry.models import State
from registry.whole_numbers import parse_whole_number


class Subjects(CcompatResource):
    def get(self, request: Request) -> Response:
        return Response(queries.subjects())


class Subject(CcompatResource):
    def delete(self, request: Request, subject: str) -> Response:
        """Respond with the numbers of the deleted versions."""
        numbers = [
            queries.version_meta_of_any_state(None, subject, version).version_id
            for version in queries.version_names(None, subject)
        ]
        commands.delete_artifact(self.writer, None, subject)
        return Response(numbers)


class SubjectVersions(CcompatResource):
    def post(self, request: Request, subject: str) -> Response:
        """Register a schema; a schema registered before makes no new version."""
        schema = parse_schema(request, subject)
        meta = commands.create_artifact(self.writer, schema, IfExists.RETURN_OR_UPDATE)
        return Response({"id": schema_id(meta)})


class SubjectVersion(CcompatResource):
    def get(self, request: Request, subject: str, version: str) -> Response:
        body = queries.content_of_version(None, subject, _parse_version(subject, version))
        meta = body.meta
        if meta is None or meta.state == State.DISABLED:
            raise VersionNotFound(None, subject, version)
        return Response(schema_document(meta, body.content))

    def delete(self, request: Request, subject: str, version: str) -> Response:
        """Delete permanently; `registry.rest.artifact.deletion.enabled` is for API v2 only."""
        meta = queries.version_meta_of_any_state(None, subject, _parse_version(subject, version))
        commands.delete_version(self.writer, None, subject, meta.version, must_be_enabled=False)
        return Response(meta.version_id)


def _parse_version(subject: str, version: str) -> str | None:
    """Return the version's name, None for `latest`; raises InvalidVersion, ArtifactNotFound."""
    if version == "latest":
        return None
    if parse_whole_number(version) is None:
        raise InvalidVersion(f"A version is a number or 'latest', not '{version}'.")
    # Confluent distinguishes a missing subject from a missing version.
    queries.artifact_type(None, subject)
    return version
