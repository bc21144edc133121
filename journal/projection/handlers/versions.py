"""Artifact version records: metadata, state, and the deletion of one version."""

from journal.projection.effects import APPLIED, Effect
from journal.projection.handlers.artifacts import delete_artifacts
from journal.projection.rows import get_group, get_tenant, truncate_meta_data
from journal.projection.tables import Tables
from journal.wire.messages import Action, ArtifactVersionKey, ArtifactVersionValue, MetaData
from registry.errors import ImpossibleRecord, VersionNotFound


def apply_artifact_version(
    tables: Tables, key: ArtifactVersionKey, value: ArtifactVersionValue, timestamp: int
) -> Effect:
    artifact = tables.artifact(key)
    row = artifact and tables.writer.read(
        "SELECT id, content_id FROM registry_version WHERE artifact_id = %s AND version = %s",
        artifact.id,
        key.version,
    )
    if not artifact or not row:
        raise VersionNotFound(key.group_id, str(key.artifact_id), str(key.version))
    version, content = row
    match value.action:
        case Action.UPDATE:
            if value.state is None or value.meta_data is None:
                raise ImpossibleRecord("An update of a version needs state and metaData")
            tables.set_meta_data(version, truncate_meta_data(value.meta_data))
            tables.writer.write(
                "UPDATE registry_version SET state = %s WHERE id = %s AND state <> %s",
                value.state,
                version,
                value.state,
            )
        case Action.CLEAR:
            tables.set_meta_data(version, MetaData())
        case Action.DELETE:
            latest = tables.writer.read(
                "SELECT MAX(global_id) FROM registry_version WHERE artifact_id = %s AND id <> %s",
                artifact.id,
                version,
            )[0]
            if latest is None:
                # The only version is deleted with its artifact, unless it has comments: as on a
                # Java node.
                delete_artifacts(tables, get_tenant(key), get_group(key), key.artifact_id)
                return APPLIED
            tables.writer.write("DELETE FROM registry_comment WHERE version_id = %s", version)
            tables.delete_versions([version])
            tables.set_latest(artifact, latest)
            tables.delete_orphaned_contents({content})
        case _:
            raise ImpossibleRecord(f"A version record can't be {value.action!r}")
    return APPLIED
