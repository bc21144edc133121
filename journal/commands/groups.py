"""Groups with a record of their own, and all artifacts of a group at once."""

import time
from collections.abc import Mapping

from journal.commands.comments import delete_comments
from journal.commands.single_record import publish_one
from journal.publish.publisher import Publisher
from journal.wire.messages import Action, GroupKey, GroupValue
from registry import queries
from registry.errors import GroupAlreadyExists, GroupNotFound, HasComments
from registry.models import DEFAULT_TENANT
from registry.queries import GroupMeta

_SUBJECT = "groups"


def create_group(
    publisher: Publisher,
    group_id: str,
    description: str | None = None,
    properties: Mapping[str, str | None] | None = None,
    by: str = "",
) -> GroupMeta:
    """Raises GroupAlreadyExists, UnsupportedByDialect, NoOutcome."""
    if queries.group_exists(group_id):
        raise GroupAlreadyExists(group_id)
    value = GroupValue(
        Action.CREATE,
        description=description,
        created_by=by,
        created_on=int(time.time() * 1000),
        properties=properties,
    )
    publish_one(publisher, GroupKey(DEFAULT_TENANT, group_id), value, _SUBJECT)
    return queries.group_meta(group_id)


def delete_group(publisher: Publisher, group_id: str | None) -> None:
    """Delete a group with its artifacts; raises GroupNotFound, HasComments, NoOutcome."""
    if not queries.group_exists(group_id):
        raise GroupNotFound(group_id or "default")
    _delete(publisher, group_id, only_artifacts=False)


def delete_artifacts(publisher: Publisher, group_id: str | None) -> None:
    """Delete all artifacts of a group, but not the group; raises HasComments, NoOutcome."""
    _delete(publisher, group_id, only_artifacts=True)


def _delete(publisher: Publisher, group_id: str | None, *, only_artifacts: bool) -> None:
    commented = queries.commented_versions(group_id)
    # No node deletes a comment with an author, nor a version that has comments.
    if any(version.has_author for version in commented):
        raise HasComments
    for version in commented:
        delete_comments(publisher, group_id, version.artifact_id, [version.version])
    value = GroupValue(Action.DELETE, only_artifacts=only_artifacts)
    publish_one(publisher, GroupKey(DEFAULT_TENANT, group_id), value, _SUBJECT)
