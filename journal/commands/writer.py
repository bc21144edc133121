"""Who a command writes for, and what the owners of artifacts and groups leave to them."""

from dataclasses import dataclass

from journal.publish.publisher import Publisher
from registry import queries
from registry.errors import NotTheOwner


@dataclass(frozen=True, slots=True)
class Writer:
    """The journal's publisher on behalf of one principal.

    `name` is the author of what is made, empty for nobody. A writer that is bound by owners changes
    only what is its own or nobody's; an owner is looked up for no other.
    """

    publisher: Publisher
    name: str
    is_bound_by_artifact_owners: bool
    is_bound_by_group_owners: bool

    def require_artifact(self, group_id: str | None, artifact_id: str) -> None:
        """Raise NotTheOwner unless the writer may change the artifact, and ArtifactNotFound."""
        if self.is_bound_by_artifact_owners:
            owner = queries.artifact_owner(group_id, artifact_id)
            self._require_own(f"The artifact {artifact_id}", owner)

    def require_group(self, group_id: str | None) -> None:
        """Raise NotTheOwner unless the writer may change the group; a new one is open to all."""
        if self.is_bound_by_group_owners:
            self._require_own(f"The group {group_id or 'default'}", queries.group_owner(group_id))

    def require_artifacts_of(self, group_id: str | None) -> None:
        """Raise NotTheOwner unless the writer may change every artifact of the group."""
        if self.is_bound_by_artifact_owners:
            foreign = queries.find_artifact_of_other_owner(group_id, self.name)
            if foreign is not None:
                artifact_id, owner = foreign
                self._require_own(f"The artifact {artifact_id}", owner)

    def _require_own(self, thing: str, owner: str) -> None:
        if owner not in {"", self.name}:
            raise NotTheOwner(thing, owner)
