"""A new version as requested by a caller, beside related rows of the registry."""

from dataclasses import dataclass
from functools import cached_property

from registry import queries
from registry.artifact_types import get_artifact_type
from registry.artifact_types.base import ExtractedMetadata
from registry.errors import ArtifactAlreadyExists, ArtifactNotFound, InvalidContent
from registry.references import Reference, content_hash, serialize_references


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """The version requested by a caller; a group of None is the default group.

    A type of None is the artifact's own. With neither a name nor a description, both are the
    content's own, as on a Java node. No labels are those of the version before.
    `by_confluent_rules` is for callers of Confluent's API.
    """

    group_id: str | None
    artifact_id: str
    content: bytes
    type: str | None = None
    version: str | None = None
    name: str | None = None
    description: str | None = None
    labels: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    by_confluent_rules: bool = False

    def meta(self, type_name: str) -> ExtractedMetadata:
        """Return the caller's name and description, or else the content's own."""
        if self.name is None and self.description is None:
            return get_artifact_type(type_name).extract(self.content)
        return ExtractedMetadata(self.name, self.description)


@dataclass(frozen=True)
class ProposedVersion:
    """A new version beside related rows of the registry; not checked against limits and rules yet.

    `content_id` is None for a content not stored yet. `has_group` is true for the default group,
    too, which needs no record.
    """

    new: NewVersion
    is_new_artifact: bool
    type_name: str
    content_hash: str
    serialized_references: str | None
    content_id: int | None
    has_group: bool

    @cached_property
    def meta(self) -> ExtractedMetadata:
        return self.new.meta(self.type_name)


def propose(new: NewVersion, *, is_new_artifact: bool) -> ProposedVersion:
    """Look up related rows of the registry for a new version, in one statement.

    Raises InvalidContent, ArtifactAlreadyExists for a new artifact, ArtifactNotFound for another.
    """
    if not new.content:
        raise InvalidContent("Empty content is not allowed.")
    serialized = serialize_references(new.references)
    hashed = content_hash(new.content, serialized)
    context = queries.load_write_context(new.group_id, new.artifact_id, hashed)
    if is_new_artifact and context.artifact_type is not None:
        raise ArtifactAlreadyExists(new.group_id, new.artifact_id)
    if not is_new_artifact and context.artifact_type is None:
        raise ArtifactNotFound(new.group_id, new.artifact_id)
    type_name = new.type or context.artifact_type
    if type_name is None:
        raise InvalidContent("A new artifact needs a type.")
    return ProposedVersion(
        new=new,
        is_new_artifact=is_new_artifact,
        type_name=type_name,
        content_hash=hashed,
        serialized_references=serialized,
        content_id=context.content_id,
        has_group=context.has_group,
    )
