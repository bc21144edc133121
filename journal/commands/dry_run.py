"""Dry runs of uploads: all checks, nothing published."""

from dataclasses import dataclass

from journal.commands.uploads import (
    IfExists,
    check_version_is_free,
    find_same_content,
    make_records,
)
from journal.publish.publisher import Publisher
from registry import queries
from registry.admission.changes import compare_with_latest
from registry.admission.limits import check_limits
from registry.admission.new_versions import NewVersion, ProposedVersion, propose
from registry.admission.rules import enforce_rules, evaluate_rules
from registry.content_changes import ContentDifference
from registry.queries import NO_PLANNED_CONTENTS, PlannedContents, VersionMeta
from registry.rules import Verdict


@dataclass(frozen=True, slots=True)
class VersionPreview:
    """The result of a dry run.

    `version` is its name; `same` is the newest version with the same bytes. `latest` and
    `difference` are None for a new artifact.
    """

    type_name: str
    version: str
    verdicts: tuple[Verdict, ...]
    same: VersionMeta | None = None
    latest: VersionMeta | None = None
    difference: ContentDifference | None = None

    @property
    def refusal(self) -> Verdict | None:
        """Return the first verdict with causes, None if no rule refuses the content."""
        return next((verdict for verdict in self.verdicts if verdict.causes), None)


def preview_version(publisher: Publisher, new: NewVersion, is_version: bool) -> VersionPreview:
    """Preview `update_artifact`, or without `is_version` `create_artifact`.

    Raises their errors, except for RuleViolation and errors of publishing.
    """
    if not is_version:
        proposed, verdicts = try_version(publisher, new, is_new_artifact=True)
        return VersionPreview(proposed.type_name, new.version or "1", tuple(verdicts))
    check_version_is_free(new)
    proposed, verdicts = try_version(publisher, new, is_new_artifact=False)
    latest, difference = compare_with_latest(new, proposed.type_name) or (None, None)
    return VersionPreview(
        proposed.type_name,
        new.version or queries.next_version(new.group_id, new.artifact_id),
        tuple(verdicts),
        find_same_content(publisher, new),
        latest,
        difference,
    )


def try_version(
    publisher: Publisher,
    new: NewVersion,
    *,
    is_new_artifact: bool,
    planned: PlannedContents = NO_PLANNED_CONTENTS,
) -> tuple[ProposedVersion, list[Verdict]]:
    """Make the checks of an upload; a refusal by a rule is returned as its verdict, not raised.

    Contents of `planned` count as stored. Raises ArtifactAlreadyExists, ArtifactNotFound,
    InvalidContent, LimitExceeded, UnsupportedByDialect.
    """
    proposed = propose(new, is_new_artifact=is_new_artifact)
    check_limits(proposed)
    make_records(proposed, publisher.current_dialect())
    return proposed, evaluate_rules(new, proposed.type_name, planned)


def check_artifact(new: NewVersion, if_exists: IfExists = IfExists.FAIL) -> None:
    """Raise the errors of `create_artifact` before publishing."""
    is_known = if_exists is not IfExists.FAIL and queries.artifact_exists(
        new.group_id, new.artifact_id
    )
    if not is_known:
        _check(new, is_new_artifact=True)
    elif if_exists is not IfExists.RETURN:
        check_update(new)


def check_update(new: NewVersion) -> None:
    """Raise the errors of `update_artifact` before publishing."""
    check_version_is_free(new)
    _check(new, is_new_artifact=False)


def _check(new: NewVersion, *, is_new_artifact: bool) -> None:
    proposed = propose(new, is_new_artifact=is_new_artifact)
    check_limits(proposed)
    enforce_rules(new, proposed.type_name)


def rule_verdicts(new: NewVersion) -> list[Verdict]:
    """Return the verdict of each rule in force on a new version, or on a new artifact.

    Raises InvalidContent.
    """
    is_known = queries.artifact_exists(new.group_id, new.artifact_id)
    proposed = propose(new, is_new_artifact=not is_known)
    return evaluate_rules(new, proposed.type_name)
