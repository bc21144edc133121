"""Artifact version records: metadata, state, and the end of one version."""

from journal.projection.effects import Effect
from journal.projection.handlers.artifacts import delete_artifacts
from journal.projection.rows import (
    ArtifactRow,
    get_group,
    get_tenant,
    replace_nul,
    truncate_meta_data,
)
from journal.projection.tables import Tables
from journal.wire.messages import Action, ArtifactVersionKey, ArtifactVersionValue, MetaData
from registry.errors import ImpossibleRecord, VersionNotFound


def apply_artifact_version(
    tables: Tables, key: ArtifactVersionKey, value: ArtifactVersionValue, at: int
) -> Effect:
    artifact, version, content = _find(tables, key)
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
            _delete(tables, key, artifact, (version, content))
        case _:
            raise ImpossibleRecord(f"A version record can't be {value.action!r}")
    return Effect()


def _find(tables: Tables, key: ArtifactVersionKey) -> tuple[ArtifactRow, int, int]:
    """The artifact, and the row ids of version and content."""
    found = tables.artifact(key)
    row = found and tables.writer.read(
        "SELECT id, content_id FROM registry_version WHERE artifact_id = %s AND version = %s",
        found.id,
        replace_nul(key.version),
    )
    if not found or not row:
        raise VersionNotFound(key.group_id, str(key.artifact_id), str(key.version))
    return found, row[0], row[1]


def _delete(
    tables: Tables, key: ArtifactVersionKey, artifact: ArtifactRow, gone: tuple[int, int]
) -> None:
    """The only version takes the artifact with it; else the highest that remains is the latest.

    Its comments go with it, but keep the only version, and so the artifact: as on a Java node.
    """
    version, content = gone
    remaining = tables.writer.read(
        "SELECT MAX(global_id) FROM registry_version WHERE artifact_id = %s AND id <> %s",
        artifact.id,
        version,
    )[0]
    if remaining is None:
        delete_artifacts(tables, get_tenant(key), get_group(key), replace_nul(key.artifact_id))
        return
    tables.writer.write("DELETE FROM registry_comment WHERE version_id = %s", version)
    tables.delete_versions([version])
    tables.set_latest(artifact, remaining)
    tables.delete_orphaned_contents({content})
