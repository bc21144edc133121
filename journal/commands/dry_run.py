"""Dry runs of uploads: all checks, nothing published."""

from dataclasses import dataclass

from journal.commands.uploads import (
    IfExists,
    find_same_content,
    make_records,
    propose_version,
)
from journal.commands.writer import Writer
from registry import queries
from registry.admission.changes import compare_with_latest
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


def preview_version(writer: Writer, new: NewVersion, is_version: bool) -> VersionPreview:
    """Preview `update_artifact`, or without `is_version` `create_artifact`.

    Raises their errors, except for RuleViolation and errors of publishing.
    """
    if not is_version:
        proposed, verdicts = try_version(writer, new, is_new_artifact=True)
        return VersionPreview(proposed.type_name, new.version or "1", tuple(verdicts))
    proposed, verdicts = try_version(writer, new, is_new_artifact=False)
    latest, difference = compare_with_latest(new, proposed.type_name) or (None, None)
    return VersionPreview(
        proposed.type_name,
        new.version or queries.next_version(new.group_id, new.artifact_id),
        tuple(verdicts),
        find_same_content(writer, new),
        latest,
        difference,
    )


def try_version(
    writer: Writer,
    new: NewVersion,
    *,
    is_new_artifact: bool,
    planned: PlannedContents = NO_PLANNED_CONTENTS,
) -> tuple[ProposedVersion, list[Verdict]]:
    """Make the checks of an upload; a refusal by a rule is returned as its verdict, not raised.

    Contents of `planned` count as stored. Raises NotTheOwner, ArtifactAlreadyExists,
    ArtifactNotFound, InvalidContent, LimitExceeded, UnsupportedByDialect.
    """
    proposed = propose_version(writer, new, is_new_artifact=is_new_artifact)
    make_records(proposed, writer.publisher.current_dialect(), writer.name)
    return proposed, evaluate_rules(new, proposed.type_name, planned)


def check_artifact(writer: Writer, new: NewVersion, if_exists: IfExists = IfExists.FAIL) -> None:
    """Raise the errors of `create_artifact` before publishing."""
    writer.require_group(new.group_id)
    is_known = if_exists is not IfExists.FAIL and queries.artifact_exists(
        new.group_id, new.artifact_id
    )
    if not is_known:
        _check(writer, new, is_new_artifact=True)
    elif if_exists is IfExists.RETURN:
        queries.version_meta(new.group_id, new.artifact_id)
    else:
        check_update(writer, new)


def check_update(writer: Writer, new: NewVersion) -> None:
    """Raise the errors of `update_artifact` before publishing."""
    _check(writer, new, is_new_artifact=False)


def _check(writer: Writer, new: NewVersion, *, is_new_artifact: bool) -> None:
    proposed = propose_version(writer, new, is_new_artifact=is_new_artifact)
    enforce_rules(new, proposed.type_name)


def rule_verdicts(new: NewVersion) -> list[Verdict]:
    """Return the verdict of each rule in force on a new version, or on a new artifact.

    Raises InvalidContent.
    """
    is_known = queries.artifact_exists(new.group_id, new.artifact_id)
    proposed = propose(new, is_new_artifact=not is_known)
    return evaluate_rules(new, proposed.type_name)
