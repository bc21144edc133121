"""Changes the metadata or the state of a version."""

from django.conf import settings

from journal.commands.writer import Writer
from journal.wire.dialects import get_form
from journal.wire.messages import (
    Action,
    ArtifactVersionKey,
    ArtifactVersionValue,
    Message,
    MetaData,
)
from registry import queries
from registry.limits import check_meta_data_limits
from registry.models import DEFAULT_TENANT


def update_meta_data(
    writer: Writer,
    group_id: str | None,
    artifact_id: str,
    version: str | None,
    meta_data: MetaData,
) -> None:
    """Replace a version's metadata; a version of None is the latest.

    Raises NotTheOwner, ArtifactNotFound, VersionNotFound, LimitExceeded, NoOutcome.
    """
    writer.require_artifact(group_id, artifact_id)
    meta = queries.version_meta(group_id, artifact_id, version)
    check_meta_data_limits(
        settings.ANNALS_LIMITS,
        name=meta_data.name,
        description=meta_data.description,
        labels=meta_data.labels,
        properties=meta_data.properties,
    )
    key = version_key(meta.group_id, meta.artifact_id, meta.version)
    _publish(writer, key, ArtifactVersionValue(Action.UPDATE, meta.state, meta_data))


def clear_meta_data(writer: Writer, group_id: str | None, artifact_id: str, version: str) -> None:
    """Raises NotTheOwner, ArtifactNotFound, VersionNotFound, NoOutcome."""
    writer.require_artifact(group_id, artifact_id)
    queries.version_meta(group_id, artifact_id, version)
    _publish(
        writer, version_key(group_id, artifact_id, version), ArtifactVersionValue(Action.CLEAR)
    )


def update_state(
    writer: Writer, group_id: str | None, artifact_id: str, version: str | None, state: str
) -> None:
    """Set a version's state; publishes nothing if the version has it already.

    A version of None is the latest, disabled or not. Raises NotTheOwner, ArtifactNotFound,
    VersionNotFound, NoOutcome.
    """
    writer.require_artifact(group_id, artifact_id)
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
    _publish(writer, key, ArtifactVersionValue(Action.UPDATE, state, meta_data))


def version_key(group_id: str | None, artifact_id: str, version: str) -> ArtifactVersionKey:
    return ArtifactVersionKey(DEFAULT_TENANT, group_id, artifact_id, version)


def _publish(writer: Writer, key: ArtifactVersionKey, value: ArtifactVersionValue) -> None:
    form = get_form(writer.publisher.current_dialect())
    writer.publisher.publish_all([Message(key, value, form)])
