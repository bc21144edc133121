"""Deletes an artifact or one of its versions, or changes an artifact's owner."""

from uuid import uuid4

from journal.commands.comments import delete_unsigned_comments
from journal.commands.rules import known_rule_types
from journal.commands.single_record import publish_one
from journal.commands.uploads import store_again
from journal.commands.versions import version_key
from journal.commands.writer import Writer
from journal.wire.dialects import get_form
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactRuleKey,
    ArtifactValue,
    ArtifactVersionValue,
    Message,
)
from registry import queries
from registry.errors import ArtifactNotFound, DeletionNotEnabled
from registry.models import DEFAULT_TENANT


def delete_artifact(writer: Writer, group_id: str | None, artifact_id: str) -> None:
    """Delete an artifact with its versions, comments and rules.

    Raises NotTheOwner, ArtifactNotFound, NoOutcome, and HasComments where a comment came in
    between.
    """
    writer.require_artifact(group_id, artifact_id)
    versions = queries.version_names(group_id, artifact_id)
    if not versions:
        raise ArtifactNotFound(group_id, artifact_id)
    dialect = writer.publisher.current_dialect()
    # No node deletes an artifact that has comments.
    signed = delete_unsigned_comments(writer, group_id, artifact_id, versions)
    if len(signed) == len(versions):
        # A signed comment is deleted with its version only, and that only beside another version.
        versions = (*versions, store_again(writer, group_id, artifact_id, versions[-1]))
    _publish_deletions(writer, group_id, artifact_id, signed)
    key = ArtifactKey(DEFAULT_TENANT, group_id, artifact_id, str(uuid4()))
    deletion = Message(key, ArtifactValue(Action.DELETE), get_form(dialect))
    writer.publisher.publish_all([deletion])
    writer.publisher.publish_without_waiting([
        *(Message(version_key(group_id, artifact_id, version)) for version in versions),
        *(
            Message(ArtifactRuleKey(DEFAULT_TENANT, group_id, artifact_id, rule_type))
            for rule_type in known_rule_types(dialect)
        ),
    ])


def delete_version(
    writer: Writer,
    group_id: str | None,
    artifact_id: str,
    version: str,
    *,
    must_be_enabled: bool = True,
) -> None:
    """Delete a version with its comments; the only version with its artifact.

    Raises DeletionNotEnabled, NotTheOwner, ArtifactNotFound, VersionNotFound, HasComments,
    NoOutcome.
    """
    if must_be_enabled and not queries.is_enabled(queries.DELETION_ENABLED):
        raise DeletionNotEnabled("Artifact version deletion operation is not enabled.")
    writer.require_artifact(group_id, artifact_id)
    queries.version_meta(group_id, artifact_id, version)
    signed = delete_unsigned_comments(writer, group_id, artifact_id, [version])
    if signed and len(queries.version_names(group_id, artifact_id)) == 1:
        delete_artifact(writer, group_id, artifact_id)
        return
    _publish_deletions(writer, group_id, artifact_id, [version])
    writer.publisher.publish_without_waiting([Message(version_key(group_id, artifact_id, version))])


def update_owner(writer: Writer, group_id: str | None, artifact_id: str, owner: str) -> None:
    """Raises NotTheOwner, ArtifactNotFound, UnsupportedByDialect, NoOutcome."""
    writer.require_artifact(group_id, artifact_id)
    queries.artifact_owner(group_id, artifact_id)
    key = ArtifactOwnerKey(DEFAULT_TENANT, group_id, artifact_id)
    publish_one(writer, key, ArtifactOwnerValue(Action.UPDATE, owner), "owners of artifacts")


def _publish_deletions(
    writer: Writer, group_id: str | None, artifact_id: str, versions: list[str]
) -> None:
    form = get_form(writer.publisher.current_dialect())
    value = ArtifactVersionValue(Action.DELETE)
    messages = [
        Message(version_key(group_id, artifact_id, version), value, form) for version in versions
    ]
    if messages:
        writer.publisher.publish_all(messages)
