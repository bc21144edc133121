"""What storing a version would come to: foreseen as the command decides it, and nothing is said."""

from dataclasses import dataclass

from journal.commands.artifacts import find_same_content
from journal.commands.store_version import NewVersion, tried
from journal.wire.messages import Action
from registry import queries
from registry.admission.changes import compare_with_latest
from registry.admission.rules import ProposedContent
from registry.content_changes import ContentDifference
from registry.errors import VersionAlreadyExists
from registry.queries import VersionMeta
from registry.rules import Verdict


@dataclass(frozen=True, slots=True)
class VersionPreview:
    """`version` is what it would be called. `same` is the newest that holds the very content.

    `latest` and `difference` are there for an artifact that has a version.
    """

    type_name: str
    version: str
    verdicts: tuple[Verdict, ...]
    same: VersionMeta | None = None
    latest: VersionMeta | None = None
    difference: ContentDifference | None = None

    @property
    def refusal(self) -> Verdict | None:
        """The rule that the command would raise."""
        return next((each for each in self.verdicts if each.causes), None)


def preview_version(new: NewVersion, is_version: bool) -> VersionPreview:
    """Of `create_artifact`, or of `update_artifact`: raises what these would, but RuleViolation."""
    if not is_version:
        verdicts = tried(new, Action.CREATE)
        return VersionPreview(new.type or "", new.version or "1", tuple(verdicts))
    if new.version is not None and queries.version_exists(
        new.group_id, new.artifact_id, new.version
    ):
        raise VersionAlreadyExists(new.group_id, new.artifact_id, new.version)
    verdicts = tried(new, Action.UPDATE)
    type_name = new.type or queries.artifact_type(new.group_id, new.artifact_id)
    proposed = ProposedContent(
        new.group_id, new.artifact_id, type_name, new.content, new.references
    )
    latest, difference = compare_with_latest(proposed) or (None, None)
    return VersionPreview(
        type_name,
        new.version or queries.next_version(new.group_id, new.artifact_id),
        tuple(verdicts),
        find_same_content(new),
        latest,
        difference,
    )
