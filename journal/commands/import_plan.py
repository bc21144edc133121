"""Plans an import: every entry is checked against the rest of the export and the registry."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from journal.projection.column_checks import check_columns
from journal.wire.messages import (
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactRuleValue,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    GlobalRuleKey,
    GlobalRuleValue,
    GroupKey,
    Message,
    MetaData,
)
from registry import queries
from registry.archives.zip_reader import ArchiveDamaged, quote_path
from registry.column_ranges import describe_fault
from registry.errors import ImpossibleRecord
from registry.queries import VersionCoordinates

#: Conflicts that are described; more are counted.
_MAX_CONFLICTS = 20


@dataclass(slots=True)
class EntryCounts:
    """Counts of one kind of entry; `renumbered` entries are created under ids of this registry."""

    created: int = 0
    skipped: int = 0
    renumbered: int = 0


@dataclass(slots=True)
class ImportPlan:
    """The plan for every entry.

    The maps lead from an export's id to the registry's, 0 or "" for an id still to be allocated;
    entries in them are created unless they are in `skipped`. `conflicts` are sentences; with any of
    them nothing may be published.
    """

    counts: dict[str, EntryCounts] = field(default_factory=dict)
    content_ids: dict[int, int] = field(default_factory=dict)
    global_ids: dict[int, int] = field(default_factory=dict)
    comment_ids: dict[str, str] = field(default_factory=dict)
    skipped: set[tuple[type, object]] = field(default_factory=set)
    conflicts: list[str] = field(default_factory=list)
    conflict_count: int = 0

    def add_conflict(self, description: str) -> None:
        self.conflict_count += 1
        if self.conflict_count <= _MAX_CONFLICTS:
            self.conflicts.append(description)


class _InvalidEntry(ValueError):
    """The reason why an entry can't be imported."""


@dataclass(slots=True)
class _Export:
    """The entries of an export, by the export's own ids."""

    contents: dict[int, str] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=set)
    versions: dict[int, tuple[VersionCoordinates, int]] = field(default_factory=dict)
    coordinates: set[VersionCoordinates] = field(default_factory=set)
    comments: dict[str, int] = field(default_factory=dict)
    groups: set[str | None] = field(default_factory=set)
    artifact_rules: set[tuple[str | None, str, str]] = field(default_factory=set)
    global_rules: set[str] = field(default_factory=set)

    def add(self, message: Message) -> None:
        """Raise _InvalidEntry."""
        key, value = message.key, message.value
        try:
            check_columns(message, lambda *sequence: queries.sequence_state(*sequence).value)
        except ImpossibleRecord as error:
            raise _InvalidEntry(str(error)) from error
        match key:
            case ContentV2Key() if isinstance(value, ContentV2Value):
                self._add_content(key.content_id or 0, str(value.content_hash))
            case ContentKey():
                self._add_content(key.content_id or 0, str(key.content_hash))
            case ArtifactKey() if isinstance(value, ArtifactValue):
                self._add_version(key, value)
            case GroupKey():
                self.groups.add(key.group_id)
            case CommentKey() if isinstance(value, CommentValue):
                if key.comment_id in self.comments:
                    raise _InvalidEntry(f"comment {key.comment_id} is there twice")
                self.comments[str(key.comment_id)] = value.global_id
            case ArtifactRuleKey() if isinstance(value, ArtifactRuleValue):
                self.artifact_rules.add((key.group_id, str(key.artifact_id), str(key.rule_type)))
            case GlobalRuleKey() if isinstance(value, GlobalRuleValue):
                self.global_rules.add(str(key.rule_type))

    def _add_content(self, content_id: int, content_hash: str) -> None:
        if content_id in self.contents:
            raise _InvalidEntry(f"content id {content_id} is there twice")
        if content_hash in self.hashes:
            raise _InvalidEntry(f"the content {content_hash} is there twice")
        self.contents[content_id] = content_hash
        self.hashes.add(content_hash)

    def _add_version(self, key: ArtifactKey, value: ArtifactValue) -> None:
        meta_data = value.meta_data or MetaData()
        # Versions that are uploaded have longer ones cut; imports do not.
        if fault := describe_fault(name=meta_data.name, description=meta_data.description):
            raise _InvalidEntry(fault)
        if value.state is None:
            raise _InvalidEntry("it has no state")
        version = VersionCoordinates(key.group_id, str(key.artifact_id), str(value.version))
        if value.global_id in self.versions:
            raise _InvalidEntry(f"global id {value.global_id} is there twice")
        if version in self.coordinates:
            raise _InvalidEntry(
                f"version {version.version} of {version.artifact_id} is there twice"
            )
        self.versions[value.global_id or 0] = (version, value.content_id or 0)
        self.coordinates.add(version)


def plan_import(
    entries: Iterable[tuple[str, Message]],
    *,
    preserve_content_ids: bool,
    preserve_global_ids: bool,
) -> ImportPlan:
    """Plan the import of an export's entries: their paths and messages.

    Raises ArchiveDamaged for entries that contradict each other or no table can take.
    """
    export = _Export()
    for path, message in entries:
        try:
            export.add(message)
        except _InvalidEntry as error:
            raise ArchiveDamaged(f"{quote_path(path)}: {error}") from error
    plan = ImportPlan()
    _plan_contents(plan, export, preserve_content_ids)
    _plan_versions(plan, export, preserve_global_ids)
    _plan_comments(plan, export)
    _plan_groups_and_rules(plan, export)
    return plan


def _plan_contents(plan: ImportPlan, export: _Export, preserve_ids: bool) -> None:
    # The same bytes are never stored twice: a content that is here keeps the id that it has here.
    count = plan.counts["contents"] = EntryCounts()
    stored_ids = queries.content_ids_by_hash(export.contents.values())
    stored_hashes = queries.content_hashes_by_id(export.contents) if preserve_ids else {}
    for content_id, content_hash in export.contents.items():
        stored_id = stored_ids.get(content_hash)
        if stored_id is not None:
            plan.content_ids[content_id] = stored_id
            plan.skipped.add((ContentV2Key, content_id))
            count.skipped += 1
        elif not preserve_ids:
            plan.content_ids[content_id] = 0
            count.renumbered += 1
        elif content_id in stored_hashes:
            plan.add_conflict(
                f"Content id {content_id} is another content here, {stored_hashes[content_id]}."
            )
        else:
            plan.content_ids[content_id] = content_id
            count.created += 1


def _plan_versions(plan: ImportPlan, export: _Export, preserve_ids: bool) -> None:
    count = plan.counts["versions"] = EntryCounts()
    artifacts = {(version.group_id, version.artifact_id) for version in export.coordinates}
    stored_ids = queries.global_ids_by_coordinates(artifacts)
    stored_versions = queries.coordinates_by_global_id(export.versions) if preserve_ids else {}
    for global_id, (version, content_id) in export.versions.items():
        stored_id = stored_ids.get(version)
        if stored_id is not None:
            plan.global_ids[global_id] = stored_id
            plan.skipped.add((ArtifactKey, global_id))
            count.skipped += 1
        elif content_id not in export.contents:
            raise ArchiveDamaged(
                f"Version {version.version} of {version.artifact_id} has content {content_id}, "
                "which the export does not hold."
            )
        elif not preserve_ids:
            plan.global_ids[global_id] = 0
            count.renumbered += 1
        elif global_id in stored_versions:
            stored = stored_versions[global_id]
            plan.add_conflict(
                f"Global id {global_id} is version {stored.version} of {stored.artifact_id} here, "
                f"and version {version.version} of {version.artifact_id} in the export."
            )
        else:
            plan.global_ids[global_id] = global_id
            count.created += 1


def _plan_comments(plan: ImportPlan, export: _Export) -> None:
    count = plan.counts["comments"] = EntryCounts()
    stored = queries.global_ids_by_comment_id(export.comments)
    for comment_id, global_id in export.comments.items():
        if global_id not in export.versions:
            raise ArchiveDamaged(
                f"Comment {comment_id} is on version {global_id}, which the export does not hold."
            )
        if comment_id not in stored:
            plan.comment_ids[comment_id] = comment_id
            count.created += 1
        elif stored[comment_id] == plan.global_ids.get(global_id):
            plan.skipped.add((CommentKey, comment_id))
            count.skipped += 1
        else:
            # Another comment has the id here. Nothing refers to it, so this one gets a new id.
            plan.comment_ids[comment_id] = ""
            count.renumbered += 1


def _plan_groups_and_rules(plan: ImportPlan, export: _Export) -> None:
    # Those that are stored already stay as they are.
    artifacts = {(version.group_id, version.artifact_id) for version in export.coordinates}
    for group_id, artifact_id, rule_type in export.artifact_rules:
        is_in_export = (group_id, artifact_id) in artifacts
        if not is_in_export and not queries.artifact_exists(group_id, artifact_id):
            raise ArchiveDamaged(
                f"A {rule_type} rule is of {artifact_id}, which neither the export nor the "
                "registry holds."
            )
    stored_rules = queries.existing_artifact_rules({rule[:2] for rule in export.artifact_rules})
    for name, imported, stored in (
        ("groups", export.groups, queries.existing_group_ids(export.groups)),
        ("artifactRules", export.artifact_rules, stored_rules),
        ("globalRules", export.global_rules, set(queries.global_rules())),
    ):
        skipped = len(imported & stored)
        plan.counts[name] = EntryCounts(len(imported) - skipped, skipped)
