"""Artifacts and their next versions: stored, tried, deleted, given to another owner."""

from enum import StrEnum

from journal.commands.comments import delete_comments
from journal.commands.rules import known_rule_types
from journal.commands.single_record import publish_one
from journal.commands.store_version import (
    NewVersion,
    artifact_key,
    canonical_hash,
    judge,
    store,
    verdicts_on,
)
from journal.commands.versions import version_key
from journal.publish.dialect import current_dialect
from journal.publish.publisher import publish_all, publish_without_waiting
from journal.wire.dialects import get_form
from journal.wire.messages import (
    Action,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactRuleKey,
    ArtifactValue,
    Message,
)
from registry import queries
from registry.errors import ArtifactAlreadyExists, ArtifactNotFound, VersionAlreadyExists
from registry.models import DEFAULT_TENANT
from registry.queries import VersionMeta
from registry.references import content_hash, serialize_references
from registry.rules import Verdict


class IfExists(StrEnum):
    """What to do about an artifact id that exists, as Apicurio names it."""

    FAIL = "FAIL"
    UPDATE = "UPDATE"
    RETURN = "RETURN"
    RETURN_OR_UPDATE = "RETURN_OR_UPDATE"


def create_artifact(
    new: NewVersion, if_exists: IfExists = IfExists.FAIL, canonical: bool = False
) -> VersionMeta:
    """Raises ArtifactAlreadyExists under FAIL, RuleViolation, UnsupportedByDialect, NoOutcome."""
    try:
        return store(new, Action.CREATE)
    except ArtifactAlreadyExists:
        if if_exists is IfExists.FAIL:
            raise
    if if_exists is IfExists.RETURN:
        return queries.version_meta(new.group_id, new.artifact_id)
    if if_exists is IfExists.RETURN_OR_UPDATE:
        same = find_same_content(new, canonical)
        if same is not None:
            return same
    return update_artifact(new)


def update_artifact(new: NewVersion) -> VersionMeta:
    """Stores a new version.

    Raises ArtifactNotFound, VersionAlreadyExists, RuleViolation, NoOutcome.
    """
    _refuse_known_version(new)
    return store(new, Action.UPDATE)


def _refuse_known_version(new: NewVersion) -> None:
    if new.version is not None and queries.version_exists(
        new.group_id, new.artifact_id, new.version
    ):
        raise VersionAlreadyExists(new.group_id, new.artifact_id, new.version)


def check_artifact(new: NewVersion, if_exists: IfExists = IfExists.FAIL) -> None:
    """What `create_artifact` would refuse, without saying anything."""
    is_update = if_exists in {IfExists.UPDATE, IfExists.RETURN_OR_UPDATE}
    if is_update and queries.artifact_exists(new.group_id, new.artifact_id):
        check_update(new)
    elif if_exists is IfExists.FAIL or not queries.artifact_exists(new.group_id, new.artifact_id):
        judge(new, Action.CREATE)


def check_update(new: NewVersion) -> None:
    """What `update_artifact` would refuse, without saying anything."""
    _refuse_known_version(new)
    judge(new, Action.UPDATE)


def evaluate_rules(new: NewVersion) -> list[Verdict]:
    """What every rule in force says of it, as a new version or, where there is none, an artifact.

    Raises InvalidContent.
    """
    is_known = queries.artifact_exists(new.group_id, new.artifact_id)
    return verdicts_on(new, Action.UPDATE if is_known else Action.CREATE)


def delete_artifact(group_id: str | None, artifact_id: str) -> None:
    """Its comments first, else no node deletes it; raises ArtifactNotFound, HasComments."""
    versions = queries.version_names(group_id, artifact_id)
    if not versions:
        raise ArtifactNotFound(group_id, artifact_id)
    dialect = current_dialect()
    delete_comments(group_id, artifact_id, versions)
    publish_all([
        Message(
            artifact_key(group_id, artifact_id), ArtifactValue(Action.DELETE), get_form(dialect)
        )
    ])
    publish_without_waiting([
        *(Message(version_key(group_id, artifact_id, version)) for version in versions),
        *(
            Message(ArtifactRuleKey(DEFAULT_TENANT, group_id, artifact_id, rule_type))
            for rule_type in known_rule_types(dialect)
        ),
    ])


def update_owner(group_id: str | None, artifact_id: str, owner: str) -> None:
    """Raises ArtifactNotFound, UnsupportedByDialect, NoOutcome."""
    queries.artifact_owner(group_id, artifact_id)
    key = ArtifactOwnerKey(DEFAULT_TENANT, group_id, artifact_id)
    publish_one(key, ArtifactOwnerValue(Action.UPDATE, owner), "owners of artifacts")


def find_same_content(new: NewVersion, canonical: bool = False) -> VersionMeta | None:
    """The version that holds this content already, by its bytes or by its canonical form."""
    type_name = new.type or queries.artifact_type(new.group_id, new.artifact_id)
    serialized = serialize_references(new.references)
    if canonical:
        found = canonical_hash(new, type_name, serialized, current_dialect())
        return queries.find_version_by_content(
            new.group_id, new.artifact_id, content_hash=None, canonical_hash=found
        )
    return queries.find_version_by_content(
        new.group_id,
        new.artifact_id,
        content_hash=content_hash(new.content, serialized),
        canonical_hash=None,
    )
