"""One version: its end, its metadata, its state."""

from journal.commands.comments import delete_comments
from journal.publish.dialect import current_dialect
from journal.publish.publisher import publish_all, publish_without_waiting
from journal.wire.dialects import get_form
from journal.wire.messages import (
    Action,
    ArtifactVersionKey,
    ArtifactVersionValue,
    Message,
    MetaData,
)
from registry import queries
from registry.admission.limits import check_meta_data
from registry.errors import DeletionNotEnabled
from registry.models import DEFAULT_TENANT
from registry.queries import VersionMeta


def delete_version(
    group_id: str | None, artifact_id: str, version: str, *, must_be_enabled: bool = True
) -> None:
    """Its comments first.

    Raises DeletionNotEnabled, ArtifactNotFound, VersionNotFound, HasComments.
    """
    if must_be_enabled and not queries.is_enabled(queries.DELETION_ENABLED):
        raise DeletionNotEnabled("Artifact version deletion operation is not enabled.")
    queries.version_meta(group_id, artifact_id, version)
    delete_comments(group_id, artifact_id, [version])
    key = version_key(group_id, artifact_id, version)
    publish_all([Message(key, ArtifactVersionValue(Action.DELETE), get_form(current_dialect()))])
    publish_without_waiting([Message(key)])


def update_meta_data(
    group_id: str | None, artifact_id: str, version: str | None, meta_data: MetaData
) -> None:
    """A version of None is the latest; raises ArtifactNotFound, VersionNotFound, LimitExceeded."""
    found = queries.version_meta(group_id, artifact_id, version)
    check_meta_data(meta_data)
    _update_version(found, found.state, meta_data)


def clear_meta_data(group_id: str | None, artifact_id: str, version: str) -> None:
    """Raises ArtifactNotFound, VersionNotFound."""
    queries.version_meta(group_id, artifact_id, version)
    key = version_key(group_id, artifact_id, version)
    publish_all([Message(key, ArtifactVersionValue(Action.CLEAR), get_form(current_dialect()))])


def update_state(group_id: str | None, artifact_id: str, version: str | None, state: str) -> None:
    """A version of None is the latest, disabled or not; saying the state it has says nothing."""
    found = queries.version_meta_of_any_state(group_id, artifact_id, version)
    if found.state == state:
        return
    meta_data = MetaData(
        name=found.name,
        description=found.description,
        labels=found.labels or None,
        properties=found.properties or None,
    )
    _update_version(found, state, meta_data)


def _update_version(found: VersionMeta, state: str, meta_data: MetaData) -> None:
    key = version_key(found.group_id, found.artifact_id, found.version)
    value = ArtifactVersionValue(Action.UPDATE, state, meta_data)
    publish_all([Message(key, value, get_form(current_dialect()))])


def version_key(group_id: str | None, artifact_id: str, version: str) -> ArtifactVersionKey:
    return ArtifactVersionKey(DEFAULT_TENANT, group_id, artifact_id, version)
