"""Artifact version records: metadata, state, and the end of one version."""

from journal.messages import Action, ArtifactVersionKey, ArtifactVersionValue, MetaData
from journal.outcomes import Effect
from journal.projection.artifacts import delete_artifact
from journal.projection.tables import Tables, as_text, limited
from registry.errors import ImpossibleRecord, VersionNotFound


def apply_artifact_version(
    tables: Tables, key: ArtifactVersionKey, value: ArtifactVersionValue, at: int
) -> Effect:
    artifact, version, content = _find(tables, key)
    match value.action:
        case Action.UPDATE:
            if value.state is None or value.meta_data is None:
                raise ImpossibleRecord("An update of a version needs state and metaData")
            tables.set_meta_data(version, limited(value.meta_data))
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


def _find(tables: Tables, key: ArtifactVersionKey) -> tuple[int, int, int]:
    """The row ids of artifact, version and content."""
    found = tables.artifact(key)
    row = found and tables.writer.read(
        "SELECT id, content_id FROM registry_version WHERE artifact_id = %s AND version = %s",
        found[0],
        as_text(key.version),
    )
    if not found or not row:
        raise VersionNotFound(key.group_id, str(key.artifact_id), str(key.version))
    return found[0], row[0], row[1]


def _delete(tables: Tables, key: ArtifactVersionKey, artifact: int, gone: tuple[int, int]) -> None:
    """The only version takes the artifact with it; else the highest that remains is the latest."""
    version, content = gone
    remaining = tables.writer.read(
        "SELECT MAX(global_id) FROM registry_version WHERE artifact_id = %s AND id <> %s",
        artifact,
        version,
    )[0]
    if remaining is None:
        delete_artifact(tables, key, artifact)
        return
    tables.delete_versions([version])
    tables.set_latest(artifact, remaining)
    tables.drop_orphans({content})
