"""Deletes an artifact or changes its owner."""

from uuid import uuid4

from journal.commands.comments import delete_comments
from journal.commands.rules import known_rule_types
from journal.commands.single_record import publish_one
from journal.commands.versions import version_key
from journal.publish.publisher import Publisher
from journal.wire.dialects import get_form
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactRuleKey,
    ArtifactValue,
    Message,
)
from registry import queries
from registry.errors import ArtifactNotFound
from registry.models import DEFAULT_TENANT


def delete_artifact(publisher: Publisher, group_id: str | None, artifact_id: str) -> None:
    """Delete an artifact with its versions, comments and rules.

    Raises ArtifactNotFound, HasComments, NoOutcome.
    """
    versions = queries.version_names(group_id, artifact_id)
    if not versions:
        raise ArtifactNotFound(group_id, artifact_id)
    dialect = publisher.current_dialect()
    # No node deletes an artifact that has comments.
    delete_comments(publisher, group_id, artifact_id, versions)
    key = ArtifactKey(DEFAULT_TENANT, group_id, artifact_id, str(uuid4()))
    publisher.publish_all([Message(key, ArtifactValue(Action.DELETE), get_form(dialect))])
    publisher.publish_without_waiting([
        *(Message(version_key(group_id, artifact_id, version)) for version in versions),
        *(
            Message(ArtifactRuleKey(DEFAULT_TENANT, group_id, artifact_id, rule_type))
            for rule_type in known_rule_types(dialect)
        ),
    ])


def update_owner(publisher: Publisher, group_id: str | None, artifact_id: str, owner: str) -> None:
    """Raises ArtifactNotFound, UnsupportedByDialect, NoOutcome."""
    queries.artifact_owner(group_id, artifact_id)
    key = ArtifactOwnerKey(DEFAULT_TENANT, group_id, artifact_id)
    publish_one(publisher, key, ArtifactOwnerValue(Action.UPDATE, owner), "owners of artifacts")
