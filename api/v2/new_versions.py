"""Upload requests, and the new versions they ask for."""

from dataclasses import dataclass
from uuid import uuid4

from rest_framework.request import Request

from api.v2.content_bodies import SubmittedContent, check_hash, parse_content
from api.v2.ids import check_new_artifact, check_new_group, check_new_version
from api.v2.parameters import encodable_header, header
from journal.commands import NewVersion
from registry.artifact_types import UnknownArtifactType, detect_type, get_artifact_type


@dataclass(frozen=True, slots=True)
class Upload:
    """The checked headers and body of an upload."""

    submitted: SubmittedContent
    artifact_id: str | None
    type_name: str | None
    version: str | None
    name: str | None
    description: str | None

    def first_version(self, group_id: str | None, artifact_id: str | None = None) -> NewVersion:
        """Return the first version of an artifact, with a random id by default.

        Raises InvalidId; UnknownArtifactType if the type of the content is not detected.
        """
        check_new_group(group_id)
        artifact_id = artifact_id or self.artifact_id or str(uuid4())
        check_new_artifact(artifact_id)
        type_name = self.type_name
        if type_name is None:
            detected = detect_type(self.submitted.content, self.submitted.media_type)
            if detected is None:
                raise UnknownArtifactType(
                    "Failed to discover artifact type from content; "
                    "name it in X-Registry-ArtifactType."
                )
            type_name = detected.name
        return self._to_version(group_id, artifact_id, type_name)

    def next_version(self, group_id: str | None, artifact_id: str) -> NewVersion:
        """Return the next version of an artifact, with the artifact's own type."""
        return self._to_version(group_id, artifact_id, None)

    def _to_version(
        self, group_id: str | None, artifact_id: str, type_name: str | None
    ) -> NewVersion:
        return NewVersion(
            group_id=group_id,
            artifact_id=artifact_id,
            type=type_name,
            version=self.version,
            name=self.name,
            description=self.description,
            content=self.submitted.content,
            references=self.submitted.references,
        )


def parse_upload(request: Request) -> Upload:
    """Parse the headers and the body; each operation parses its own query.

    Raises BadRequest, BodyTooLarge, ParametersConflict and UnknownArtifactType.
    """
    version = header(request, "X-Registry-Version")
    if version is not None:
        check_new_version(version)
    name = encodable_header(request, "X-Registry-Name")
    description = encodable_header(request, "X-Registry-Description")
    submitted = parse_content(request)
    algorithm = header(request, "X-Registry-Hash-Algorithm") or "SHA256"
    check_hash(submitted.content, header(request, "X-Registry-Content-Hash"), algorithm)
    type_name = header(request, "X-Registry-ArtifactType") or submitted.type_name
    return Upload(
        submitted=submitted,
        artifact_id=header(request, "X-Registry-ArtifactId"),
        type_name=get_artifact_type(type_name).name if type_name else None,
        version=version,
        name=name,
        description=description,
    )
