"""What an export would bring: every entry looked at, against itself and against the registry.

Nothing is said before it is known that all of it can be.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from journal.wire.messages import (
    ArtifactKey,
    ArtifactRuleKey,
    ArtifactValue,
    CommentKey,
    CommentValue,
    ContentKey,
    ContentV2Key,
    ContentV2Value,
    GlobalRuleKey,
    GroupKey,
    Message,
    MetaData,
)
from registry import queries
from registry.archives.zip_reader import ArchiveDamaged, quote_path
from registry.column_limits import describe_overlong
from registry.models import RuleType, State
from registry.queries import VersionCoordinates

#: Conflicts that are told; more are counted.
_TOLD = 20


@dataclass(slots=True)
class Count:
    """`renumbered` entries are made, too: under ids of this registry."""

    created: int = 0
    skipped: int = 0
    renumbered: int = 0


@dataclass(slots=True)
class ImportPlan:
    """What becomes of every entry.

    The maps lead from an export's id to the registry's, 0 where one is yet to be drawn; what is in
    them and in no `skipped` set is made. `conflicts` are sentences; with one, nothing may be said.
    """

    counts: dict[str, Count] = field(default_factory=dict)
    content_ids: dict[int, int] = field(default_factory=dict)
    global_ids: dict[int, int] = field(default_factory=dict)
    comment_ids: dict[str, str] = field(default_factory=dict)
    skipped: set[tuple[type, object]] = field(default_factory=set)
    conflicts: list[str] = field(default_factory=list)
    conflict_count: int = 0

    def conflict(self, what: str) -> None:
        self.conflict_count += 1
        if self.conflict_count <= _TOLD:
            self.conflicts.append(what)


@dataclass(slots=True)
class _Held:
    """What the export holds, by its ids."""

    contents: dict[int, str] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=set)
    versions: dict[int, tuple[VersionCoordinates, int]] = field(default_factory=dict)
    places: set[VersionCoordinates] = field(default_factory=set)
    comments: dict[str, int] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    artifact_rules: set[tuple[str | None, str, str]] = field(default_factory=set)
    global_rules: set[str] = field(default_factory=set)


def plan_import(
    said: Iterable[tuple[str, Message]], *, keeps_content_ids: bool, keeps_global_ids: bool
) -> ImportPlan:
    """`said` are entries' paths and messages; raises ArchiveDamaged for what makes no sense."""
    held = _Held()
    for path, message in said:
        try:
            _take(held, message)
        except _Odd as error:
            raise ArchiveDamaged(f"{quote_path(path)}: {error}") from error
    plan = ImportPlan()
    _plan_contents(plan, held, keeps_content_ids)
    _plan_versions(plan, held, keeps_global_ids)
    _plan_comments(plan, held)
    _plan_rest(plan, held)
    return plan


class _Odd(ValueError):
    """Why an entry can't be imported."""


def _take(held: _Held, message: Message) -> None:
    _TAKERS[type(message.key)](held, message.key, message.value)


def _take_content(held: _Held, key: Any, value: Any) -> None:
    hashed = str(value.content_hash if isinstance(value, ContentV2Value) else key.content_hash)
    if key.content_id in held.contents:
        raise _Odd(f"content id {key.content_id} is there twice")
    if hashed in held.hashes:
        raise _Odd(f"the content {hashed} is there twice")
    held.contents[key.content_id] = hashed
    held.hashes.add(hashed)


def _take_version(held: _Held, key: ArtifactKey, value: ArtifactValue) -> None:
    meta = value.meta_data or MetaData()
    _refuse_overlong(
        group_id=key.group_id,
        artifact_id=key.artifact_id,
        version=value.version,
        artifact_type=value.artifact_type,
        name=meta.name,
        description=meta.description,
    )
    if value.state not in State.values:
        raise _Odd(f"there is no state {value.state}")
    place = VersionCoordinates(key.group_id, str(key.artifact_id), str(value.version))
    if value.global_id in held.versions:
        raise _Odd(f"global id {value.global_id} is there twice")
    if place in held.places:
        raise _Odd(f"version {place.version} of {place.artifact_id} is there twice")
    held.versions[value.global_id or 0] = (place, value.content_id or 0)
    held.places.add(place)


def _take_group(held: _Held, key: GroupKey, value: object) -> None:
    _refuse_overlong(group_id=key.group_id)
    held.groups.add(str(key.group_id))


def _take_comment(held: _Held, key: CommentKey, value: CommentValue) -> None:
    _refuse_overlong(comment_id=key.comment_id, comment=value.value)
    if key.comment_id in held.comments:
        raise _Odd(f"comment {key.comment_id} is there twice")
    held.comments[str(key.comment_id)] = value.global_id


def _take_artifact_rule(held: _Held, key: ArtifactRuleKey, value: Any) -> None:
    _check_rule(key.rule_type, value.configuration)
    held.artifact_rules.add((key.group_id, str(key.artifact_id), str(key.rule_type)))


def _take_global_rule(held: _Held, key: GlobalRuleKey, value: Any) -> None:
    _check_rule(key.rule_type, value.configuration)
    held.global_rules.add(str(key.rule_type))


_TAKERS: dict[type, Callable[[_Held, Any, Any], None]] = {
    ContentKey: _take_content,
    ContentV2Key: _take_content,
    ArtifactKey: _take_version,
    GroupKey: _take_group,
    CommentKey: _take_comment,
    ArtifactRuleKey: _take_artifact_rule,
    GlobalRuleKey: _take_global_rule,
}


def _check_rule(rule_type: str | None, configuration: str | None) -> None:
    if rule_type not in RuleType.values:
        raise _Odd(f"there are no rules of type {rule_type}")
    _refuse_overlong(rule=configuration)


def _refuse_overlong(**texts: str | None) -> None:
    if wrong := describe_overlong(**texts):
        raise _Odd(wrong)


def _plan_contents(plan: ImportPlan, held: _Held, keeps_ids: bool) -> None:
    """The same bytes are never kept twice, so they go by the id that they have here."""
    count = plan.counts["contents"] = Count()
    by_hash = queries.content_ids_by_hash(held.contents.values())
    taken = queries.content_hashes_by_id(held.contents) if keeps_ids else {}
    for content_id, hashed in held.contents.items():
        known = by_hash.get(hashed)
        if known is not None:
            plan.content_ids[content_id] = known
            plan.skipped.add((ContentV2Key, content_id))
            count.skipped += 1
        elif not keeps_ids:
            plan.content_ids[content_id] = 0
            count.renumbered += 1
        elif content_id in taken:
            plan.conflict(f"Content id {content_id} is another content here, {taken[content_id]}.")
        else:
            plan.content_ids[content_id] = content_id
            count.created += 1


def _plan_versions(plan: ImportPlan, held: _Held, keeps_ids: bool) -> None:
    count = plan.counts["versions"] = Count()
    artifacts = {(place.group_id, place.artifact_id) for place in held.places}
    by_place = queries.global_ids_by_coordinates(artifacts)
    taken = queries.coordinates_by_global_id(held.versions) if keeps_ids else {}
    for global_id, (place, content_id) in held.versions.items():
        known = by_place.get(place)
        if known is not None:
            plan.global_ids[global_id] = known
            plan.skipped.add((ArtifactKey, global_id))
            count.skipped += 1
        elif content_id not in held.contents:
            raise ArchiveDamaged(
                f"Version {place.version} of {place.artifact_id} has content {content_id}, "
                "which the export does not hold."
            )
        elif not keeps_ids:
            plan.global_ids[global_id] = 0
            count.renumbered += 1
        elif global_id in taken:
            other = taken[global_id]
            plan.conflict(
                f"Global id {global_id} is version {other.version} of {other.artifact_id} here, "
                f"and version {place.version} of {place.artifact_id} in the export."
            )
        else:
            plan.global_ids[global_id] = global_id
            count.created += 1


def _plan_comments(plan: ImportPlan, held: _Held) -> None:
    """A comment whose id another one has here gets another: nothing else refers to it."""
    count = plan.counts["comments"] = Count()
    taken = queries.global_ids_by_comment_id(held.comments)
    for comment_id, global_id in held.comments.items():
        if global_id not in held.versions:
            raise ArchiveDamaged(
                f"Comment {comment_id} is on version {global_id}, which the export does not hold."
            )
        if comment_id not in taken:
            plan.comment_ids[comment_id] = comment_id
            count.created += 1
        elif taken[comment_id] == plan.global_ids.get(global_id):
            plan.skipped.add((CommentKey, comment_id))
            count.skipped += 1
        else:
            plan.comment_ids[comment_id] = ""
            count.renumbered += 1


def _plan_rest(plan: ImportPlan, held: _Held) -> None:
    """What is here already stays as it is."""
    artifacts = {(place.group_id, place.artifact_id) for place in held.places}
    for group_id, artifact_id, rule_type in held.artifact_rules:
        is_known = (group_id, artifact_id) in artifacts
        if not is_known and not queries.artifact_exists(group_id, artifact_id):
            raise ArchiveDamaged(
                f"A {rule_type} rule is of {artifact_id}, which neither the export nor the "
                "registry holds."
            )
    of_artifacts = queries.existing_artifact_rules({each[:2] for each in held.artifact_rules})
    for name, brought, kept in (
        ("groups", held.groups, queries.existing_group_ids(held.groups)),
        ("artifactRules", held.artifact_rules, of_artifacts),
        ("globalRules", held.global_rules, set(queries.global_rules())),
    ):
        skipped = len(brought & kept)
        plan.counts[name] = Count(len(brought) - skipped, skipped)
