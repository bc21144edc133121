"""Checks of owners; an owner is looked up only if ownership restricts the caller."""

from contextlib import suppress

from access.caller import AccessDenied, Caller
from registry import queries
from registry.errors import ArtifactNotFound, GroupNotFound


def require_artifact_owner(caller: Caller, group_id: str | None, artifact_id: str) -> None:
    """Raise AccessDenied unless `caller` may change the artifact; a missing one has no owner."""
    with suppress(ArtifactNotFound):
        caller.require_owner(lambda: queries.artifact_owner(group_id, artifact_id))


def require_group_owner(caller: Caller, group_id: str | None) -> None:
    """Raise AccessDenied unless `caller` may change the group; a missing one has no owner."""
    with suppress(GroupNotFound):
        caller.require_owner(lambda: queries.group_meta(group_id).created_by, of_group=True)


def require_owner_of_all(caller: Caller, group_id: str | None) -> None:
    """Raise AccessDenied unless `caller` may delete every artifact of the group."""
    if not caller.is_bound_by_owners(of_group=False):
        return
    foreign = queries.find_artifact_of_other_owner(group_id, caller.name)
    if foreign is not None:
        artifact_id, owner = foreign
        raise AccessDenied(
            f"The artifact {artifact_id} belongs to {owner}: only its owner or an admin may delete "
            "it.",
            is_unauthenticated=False,
        )
