"""Deletes a version, or changes its metadata or state."""

from django.conf import settings

from journal.commands.comments import delete_comments
from journal.publish.publisher import Publisher
from journal.wire.dialects import get_form
from journal.wire.messages import (
    Action,
    ArtifactVersionKey,
    ArtifactVersionValue,
    Message,
    MetaData,
)
from registry import queries
from registry.errors import DeletionNotEnabled
from registry.limits import check_meta_data_limits
from registry.models import DEFAULT_TENANT


def delete_version(
    publisher: Publisher,
    group_id: str | None,
    artifact_id: str,
    version: str,
    *,
    must_be_enabled: bool = True,
) -> None:
    """Delete a version with its comments.

    Raises DeletionNotEnabled, ArtifactNotFound, VersionNotFound, HasComments, NoOutcome.
    """
    if must_be_enabled and not queries.is_enabled(queries.DELETION_ENABLED):
        raise DeletionNotEnabled("Artifact version deletion operation is not enabled.")
    queries.version_meta(group_id, artifact_id, version)
    # No node deletes a version that has comments.
    delete_comments(publisher, group_id, artifact_id, [version])
    key = version_key(group_id, artifact_id, version)
    _publish(publisher, key, ArtifactVersionValue(Action.DELETE))
    publisher.publish_without_waiting([Message(key)])


def update_meta_data(
    publisher: Publisher,
    group_id: str | None,
    artifact_id: str,
    version: str | None,
    meta_data: MetaData,
) -> None:
    """Replace a version's metadata; a version of None is the latest.

    Raises ArtifactNotFound, VersionNotFound, LimitExceeded, NoOutcome.
    """
    meta = queries.version_meta(group_id, artifact_id, version)
    check_meta_data_limits(
        settings.ANNALS_LIMITS,
        name=meta_data.name,
        description=meta_data.description,
        labels=meta_data.labels,
        properties=meta_data.properties,
    )
    key = version_key(meta.group_id, meta.artifact_id, meta.version)
    _publish(publisher, key, ArtifactVersionValue(Action.UPDATE, meta.state, meta_data))


def clear_meta_data(
    publisher: Publisher, group_id: str | None, artifact_id: str, version: str
) -> None:
    """Raises ArtifactNotFound, VersionNotFound, NoOutcome."""
    queries.version_meta(group_id, artifact_id, version)
    _publish(
        publisher, version_key(group_id, artifact_id, version), ArtifactVersionValue(Action.CLEAR)
    )


def update_state(
    publisher: Publisher, group_id: str | None, artifact_id: str, version: str | None, state: str
) -> None:
    """Set a version's state; publishes nothing if the version has it already.

    A version of None is the latest, disabled or not. Raises ArtifactNotFound, VersionNotFound,
    NoOutcome.
    """
    meta = queries.version_meta_of_any_state(group_id, artifact_id, version)
    if meta.state == state:
        return
    meta_data = MetaData(
        name=meta.name,
        description=meta.description,
        labels=meta.labels or None,
        properties=meta.properties or None,
    )
    key = version_key(meta.group_id, meta.artifact_id, meta.version)
    _publish(publisher, key, ArtifactVersionValue(Action.UPDATE, state, meta_data))


def version_key(group_id: str | None, artifact_id: str, version: str) -> ArtifactVersionKey:
    return ArtifactVersionKey(DEFAULT_TENANT, group_id, artifact_id, version)


def _publish(publisher: Publisher, key: ArtifactVersionKey, value: ArtifactVersionValue) -> None:
    publisher.publish_all([Message(key, value, get_form(publisher.current_dialect()))])
