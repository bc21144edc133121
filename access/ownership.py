"""Who owns what somebody wants to change: asked only where owners have a say."""

from contextlib import suppress

from access.caller import AccessRefused, Asking
from registry import queries
from registry.errors import ArtifactNotFound, GroupNotFound


def require_artifact(asks: Asking, group_id: str | None, artifact_id: str) -> None:
    """What is not there is nobody's; raises AccessRefused."""
    with suppress(ArtifactNotFound):
        asks.require_owner(lambda: queries.artifact_owner(group_id, artifact_id))


def require_group(asks: Asking, group_id: str | None) -> None:
    """What is not there is nobody's; raises AccessRefused."""
    with suppress(GroupNotFound):
        asks.require_owner(lambda: queries.kept_group(group_id).created_by, of_group=True)


def require_all_artifacts(asks: Asking, group_id: str | None) -> None:
    """Of a group that goes with all its artifacts; raises AccessRefused."""
    if not asks.minds_owners(of_group=False):
        return
    found = queries.artifact_of_another(group_id, asks.name)
    if found is not None:
        artifact_id, owner = found
        raise AccessRefused(
            f"The artifact {artifact_id} belongs to {owner}: only its owner or an admin may delete "
            "it.",
            is_unknown=False,
        )
