"""Artifact records: a new artifact, a new version of it, its end, an imported version."""

from collections.abc import Iterable

from journal.messages import Action, ArtifactKey, ArtifactValue, MetaData
from journal.models import Outcome
from journal.outcomes import Effect
from journal.projection.tables import (
    Tables,
    VersionRow,
    as_text,
    group_of,
    limited,
    refuse_overlong,
    stored_meta_data,
    tenant_of,
)
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    ContentNotFound,
    ImpossibleRecord,
    VersionAlreadyExists,
)
from registry.models import SequenceName, State


def apply_artifact(tables: Tables, key: ArtifactKey, value: ArtifactValue, at: int) -> Effect:
    refuse_overlong(
        group_id=key.group_id,
        artifact_id=key.artifact_id,
        version=value.version,
        artifact_type=value.artifact_type,
    )
    match value.action:
        case Action.CREATE:
            return _create(tables, key, value)
        case Action.UPDATE:
            return _update(tables, key, value)
        case Action.DELETE:
            return _delete(tables, key)
        case Action.IMPORT:
            return _import(tables, key, value)
        case _:
            raise ImpossibleRecord(f"An artifact record can't be {value.action!r}")


def delete_artifacts_of_group(tables: Tables, tenant: str, group: str) -> int:
    """Returns how many there were."""
    artifacts = tables.writer.read_all(
        "SELECT id FROM registry_artifact WHERE tenant_id = %s AND group_id = %s", tenant, group
    )
    released: set[int] = set()
    for (artifact,) in artifacts:
        released |= _delete_rows(tables, artifact)
    if artifacts:
        tables.writer.write(
            "DELETE FROM registry_artifactrule WHERE tenant_id = %s AND group_id = %s",
            tenant,
            group,
        )
        tables.drop_orphans(released)
    return len(artifacts)


def delete_artifact(tables: Tables, key: object, artifact: int) -> None:
    """The artifact with its versions and rules, then every content without a version."""
    released = _delete_rows(tables, artifact)
    tables.writer.write(
        "DELETE FROM registry_artifactrule "
        "WHERE tenant_id = %s AND group_id = %s AND artifact_id = %s",
        tenant_of(key),
        group_of(key),
        as_text(key.artifact_id),  # type: ignore[attr-defined]
    )
    tables.drop_orphans(released)


def _delete_rows(tables: Tables, artifact: int) -> set[int]:
    """Returns the contents that the versions used."""
    versions = tables.writer.read_all(
        "SELECT id, content_id FROM registry_version WHERE artifact_id = %s", artifact
    )
    tables.delete_versions(row[0] for row in versions)
    tables.writer.write("DELETE FROM registry_artifact WHERE id = %s", artifact)
    return {row[1] for row in versions}


def _create(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> Effect:
    global_id, created_on, content = _needs(tables, key, value)
    if tables.artifact(key) is not None or tables.has_global_id(tenant_of(key), global_id):
        raise ArtifactAlreadyExists(key.group_id, str(key.artifact_id))
    artifact = _insert_artifact(tables, key, value, created_on, global_id)
    tables.insert_version(
        VersionRow(
            tenant_id=tenant_of(key),
            global_id=global_id,
            artifact=artifact,
            version=value.version or "1",
            version_id=1,
            state=State.ENABLED,
            meta_data=limited(value.meta_data or MetaData()),
            created_by=value.created_by,
            created_on=created_on,
            content=content,
        )
    )
    return Effect()


def _update(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> Effect:
    global_id, created_on, content = _needs(tables, key, value)
    found = tables.artifact(key)
    if found is None:
        raise ArtifactNotFound(key.group_id, key.artifact_id)
    artifact, latest = found
    highest = tables.writer.read(
        "SELECT MAX(version_id) FROM registry_version WHERE artifact_id = %s", artifact
    )[0]
    version_id = (highest or 0) + 1
    version = value.version or str(version_id)
    if _has_version(tables, artifact, version) or tables.has_global_id(tenant_of(key), global_id):
        raise VersionAlreadyExists(key.group_id, str(key.artifact_id), version)
    tables.insert_version(
        VersionRow(
            tenant_id=tenant_of(key),
            global_id=global_id,
            artifact=artifact,
            version=version,
            version_id=version_id,
            state=State.ENABLED,
            meta_data=limited(_inherited(tables, key, latest, value.meta_data)),
            created_by=value.created_by,
            created_on=created_on,
            content=content,
        )
    )
    tables.set_latest(artifact, global_id)
    return Effect()


def _needs(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> tuple[int, int, int]:
    """(global id, created on, the content's row id); raises what a Java node would."""
    if value.global_id is None or value.created_on is None or value.content_hash is None:
        raise ImpossibleRecord("An artifact record needs globalId, contentHash and createdOn")
    content = tables.content_by_hash(tenant_of(key), value.content_hash)
    if content is None:
        raise ContentNotFound(f"hash {value.content_hash}")
    return value.global_id, value.created_on, content


def _has_version(tables: Tables, artifact: int, version: str) -> bool:
    sql = "SELECT 1 FROM registry_version WHERE artifact_id = %s AND version = %s"
    return tables.writer.read(sql, artifact, as_text(version)) is not None


def _inherited(
    tables: Tables, key: ArtifactKey, latest: int | None, said: MetaData | None
) -> MetaData:
    """The latest version's metadata, whatever its state, under what the record says itself."""
    said = said or MetaData()
    row = tables.writer.read(
        "SELECT name, description, labels, properties FROM registry_version "
        "WHERE tenant_id = %s AND global_id = %s",
        tenant_of(key),
        latest,
    )
    if row is None:
        return said
    before = stored_meta_data(row)
    return MetaData(
        name=before.name if said.name is None else said.name,
        description=before.description if said.description is None else said.description,
        labels=before.labels if said.labels is None else said.labels,
        properties=before.properties if said.properties is None else said.properties,
    )


def _insert_artifact(
    tables: Tables, key: ArtifactKey, value: ArtifactValue, created_on: int, latest: int | None
) -> int:
    return tables.writer.insert(
        "INSERT INTO registry_artifact (tenant_id, group_id, artifact_id, type, created_by, "
        "created_on, latest) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        tenant_of(key),
        group_of(key),
        as_text(key.artifact_id),
        as_text(value.artifact_type) or "",
        as_text(value.created_by),
        created_on,
        latest,
    )


def _delete(tables: Tables, key: ArtifactKey) -> Effect:
    found = tables.artifact(key)
    if found is None:
        raise ArtifactNotFound(key.group_id, key.artifact_id)
    delete_artifact(tables, key, found[0])
    return Effect()


def _import(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> Effect:
    """Existing global ids are skipped; what fails leaves the artifact's row, as on a Java node."""
    needed: Iterable[object] = (
        value.meta_data,
        value.global_id,
        value.version_id,
        value.content_id,
        value.latest,
        value.created_on,
    )
    if any(item is None for item in needed):
        raise ImpossibleRecord(
            "An imported version needs metaData, globalId, versionId, contentId, latest, createdOn"
        )
    found = tables.artifact(key)
    artifact = found[0] if found else _insert_artifact(tables, key, value, _ms(value), None)
    tenant = tenant_of(key)
    if tables.has_global_id(tenant, value.global_id or 0):
        return Effect(Outcome.NO_EFFECT, reason=f"global id {value.global_id} is there already")
    row = tables.writer.read(
        "SELECT id FROM registry_content WHERE tenant_id = %s AND content_id = %s",
        tenant,
        value.content_id,
    )
    if row is None:
        return Effect(remark=f"no version: content id {value.content_id} is unknown")
    version = value.version or str(value.version_id)
    if _has_version(tables, artifact, version):
        return Effect(Outcome.NO_EFFECT, reason=f"version {version} is there already")
    return _import_version(tables, key, value, (artifact, version, row[0]))


def _import_version(
    tables: Tables, key: ArtifactKey, value: ArtifactValue, place: tuple[int, str, int]
) -> Effect:
    artifact, version, content = place
    meta = value.meta_data or MetaData()
    draws = value.global_id == -1
    tenant = tenant_of(key)
    global_id = (
        tables.next_in_sequence(tenant, SequenceName.GLOBAL_ID) if draws else value.global_id or 0
    )
    # With -1 a Java node's label and property rows name version -1 and fail, and `latest` after
    # them: every node of the cluster agreed on that.
    is_cut_short = draws and bool(meta.labels or meta.properties)
    tables.insert_version(
        VersionRow(
            tenant_id=tenant,
            global_id=global_id,
            artifact=artifact,
            version=version,
            version_id=value.version_id or 0,
            state=value.state or State.ENABLED,
            meta_data=meta,
            created_by=value.created_by,
            created_on=_ms(value),
            content=content,
        ),
        is_searchable=not is_cut_short,
    )
    if value.latest and not is_cut_short:
        tables.set_latest(artifact, global_id)
    return Effect(result=global_id)


def _ms(value: ArtifactValue) -> int:
    return value.created_on or 0
