"""From a request to the new version it asks for."""

from uuid import uuid4

from rest_framework.request import Request

from access.middleware import get_caller
from api.v2.content_bodies import Submission, check_hash, submission
from api.v2.ids import check_new_artifact, check_new_group, check_new_version
from api.v2.parameters import header, header_or_encoded
from journal.commands import NewVersion
from registry.artifact_types import UnknownArtifactType, by_name, detect


def new_artifact(
    request: Request, group_id: str | None, artifact_id: str | None = None
) -> NewVersion:
    """With a random id if nobody names one, and the type of its content."""
    check_new_group(group_id)
    artifact_id = artifact_id or header(request, "X-Registry-ArtifactId") or str(uuid4())
    check_new_artifact(artifact_id)
    said = submission(request)
    return _new_version(request, group_id, artifact_id, said, type_name=_type_of(request, said))


def next_version(request: Request, group_id: str | None, artifact_id: str) -> NewVersion:
    """Of the artifact's own type, whatever the request says."""
    return _new_version(request, group_id, artifact_id, submission(request), type_name=None)


def _new_version(
    request: Request,
    group_id: str | None,
    artifact_id: str,
    said: Submission,
    *,
    type_name: str | None,
) -> NewVersion:
    check_hash(request, said.content)
    _named_type(request, said)
    version = header(request, "X-Registry-Version")
    if version is not None:
        check_new_version(version)
    return NewVersion(
        group_id=group_id,
        artifact_id=artifact_id,
        type=type_name,
        version=version,
        name=header_or_encoded(request, "X-Registry-Name"),
        description=header_or_encoded(request, "X-Registry-Description"),
        content=said.content,
        references=said.references,
        created_by=get_caller(request._request).name,
    )


def _named_type(request: Request, said: Submission) -> str | None:
    """Raises UnknownArtifactType, which names those that are known."""
    name = header(request, "X-Registry-ArtifactType") or said.type_name
    return by_name(name).name if name else None


def _type_of(request: Request, said: Submission) -> str:
    named = _named_type(request, said)
    if named is not None:
        return named
    found = detect(said.content, said.media_type)
    if found is None:
        raise UnknownArtifactType(
            "Failed to discover artifact type from content; name it in X-Registry-ArtifactType."
        )
    return found.name
