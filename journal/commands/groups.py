"""Groups with a record of their own, and all artifacts of a group at once."""

import time
from collections.abc import Mapping

from journal.commands.artifacts import delete_artifact
from journal.commands.comments import delete_unsigned_comments
from journal.commands.single_record import publish_one
from journal.commands.writer import Writer
from journal.wire.messages import Action, GroupKey, GroupValue
from registry import queries
from registry.errors import GroupAlreadyExists, GroupNotFound
from registry.models import DEFAULT_TENANT
from registry.queries import GroupMeta

_SUBJECT = "groups"


def create_group(
    writer: Writer,
    group_id: str,
    description: str | None = None,
    properties: Mapping[str, str | None] | None = None,
) -> GroupMeta:
    """Raises GroupAlreadyExists, UnsupportedByDialect, NoOutcome."""
    if queries.group_exists(group_id):
        raise GroupAlreadyExists(group_id)
    value = GroupValue(
        Action.CREATE,
        description=description,
        created_by=writer.name,
        created_on=int(time.time() * 1000),
        properties=properties,
    )
    publish_one(writer, GroupKey(DEFAULT_TENANT, group_id), value, _SUBJECT)
    return queries.group_meta(group_id)


def delete_group(writer: Writer, group_id: str | None) -> None:
    """Delete a group with its artifacts and their comments.

    Raises NotTheOwner, GroupNotFound, NoOutcome, and HasComments where a comment came in between.
    """
    _require_owners(writer, group_id)
    if not queries.group_exists(group_id):
        raise GroupNotFound(group_id or "default")
    _delete(writer, group_id, only_artifacts=False)


def delete_artifacts(writer: Writer, group_id: str | None) -> None:
    """Delete all artifacts of a group, but not the group; raises as `delete_group` does."""
    _require_owners(writer, group_id)
    _delete(writer, group_id, only_artifacts=True)


def _require_owners(writer: Writer, group_id: str | None) -> None:
    writer.require_group(group_id)
    writer.require_artifacts_of(group_id)


def _delete(writer: Writer, group_id: str | None, *, only_artifacts: bool) -> None:
    # No node deletes a comment with an author, nor a group with comments.
    commented = queries.commented_versions(group_id)
    signed = dict.fromkeys(version.artifact_id for version in commented if version.has_author)
    for artifact_id in signed:
        delete_artifact(writer, group_id, artifact_id)
    for version in commented:
        if version.artifact_id not in signed:
            delete_unsigned_comments(writer, group_id, version.artifact_id, [version.version])
    value = GroupValue(Action.DELETE, only_artifacts=only_artifacts)
    publish_one(writer, GroupKey(DEFAULT_TENANT, group_id), value, _SUBJECT)
