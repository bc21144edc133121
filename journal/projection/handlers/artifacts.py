"""Artifact records: a new artifact, a new version, a deletion, an imported version."""

from journal.projection.effects import APPLIED, Effect, RejectionWithRemarks
from journal.projection.handlers.imports import import_version, insert_artifact
from journal.projection.remarks import Remark, RemarkCode
from journal.projection.rows import (
    ContentRow,
    VersionRow,
    get_group,
    get_tenant,
    truncate_meta_data,
)
from journal.projection.tables import Tables
from journal.wire.messages import (
    Action,
    ArtifactKey,
    ArtifactOwnerKey,
    ArtifactOwnerValue,
    ArtifactValue,
    MetaData,
)
from registry.errors import (
    ArtifactAlreadyExists,
    ArtifactNotFound,
    ContentNotFound,
    HasComments,
    ImpossibleRecord,
    VersionAlreadyExists,
)
from registry.models import State

#: Java's highest int.
_MAX_VERSION_ID = 2**31 - 1


def apply_artifact(
    tables: Tables, key: ArtifactKey, value: ArtifactValue, timestamp: int
) -> Effect:
    match value.action:
        case Action.CREATE:
            return _create(tables, key, value)
        case Action.UPDATE:
            return _update(tables, key, value)
        case Action.DELETE:
            if not delete_artifacts(tables, get_tenant(key), get_group(key), key.artifact_id):
                raise ArtifactNotFound(key.group_id, key.artifact_id)
            return APPLIED
        case Action.IMPORT:
            return import_version(tables, key, value)
        case _:
            raise ImpossibleRecord(f"An artifact record can't be {value.action!r}")


def apply_artifact_owner(
    tables: Tables, key: ArtifactOwnerKey, value: ArtifactOwnerValue, timestamp: int
) -> Effect:
    if value.action is not Action.UPDATE:
        raise ImpossibleRecord(f"An owner record can't be {value.action!r}")
    artifact = tables.artifact(key)
    if artifact is None:
        raise ArtifactNotFound(key.group_id, key.artifact_id)
    tables.writer.write(
        "UPDATE registry_artifact SET created_by = %s WHERE id = %s", value.owner, artifact.id
    )
    return APPLIED


def delete_artifacts(
    tables: Tables, tenant: str, group: str, artifact_id: str | None = None
) -> int:
    """Delete one artifact, or all of a group, with versions, rules and orphaned contents.

    Returns the number of artifacts; raises HasComments before anything is deleted.
    """
    where, params = "tenant_id = %s AND group_id = %s", [tenant, group]
    if artifact_id is not None:
        where = f"{where} AND artifact_id = %s"
        params.append(artifact_id)
    artifacts = tables.writer.read_all(f"SELECT id FROM registry_artifact WHERE {where}", *params)
    comment = tables.writer.read(
        "SELECT 1 FROM registry_comment c JOIN registry_version v ON v.id = c.version_id "
        f"WHERE v.artifact_id IN (SELECT id FROM registry_artifact WHERE {where}) LIMIT 1",
        *params,
    )
    if comment is not None:
        # A foreign key of the Java nodes' tables forbids it, and they roll the record back.
        raise HasComments
    released: set[int] = set()
    for (artifact,) in artifacts:
        versions = tables.writer.read_all(
            "SELECT id, content_id FROM registry_version WHERE artifact_id = %s", artifact
        )
        tables.delete_versions(row_id for row_id, _ in versions)
        tables.writer.write("DELETE FROM registry_artifact WHERE id = %s", artifact)
        released.update(content for _, content in versions)
    if artifacts:
        tables.writer.write(f"DELETE FROM registry_artifactrule WHERE {where}", *params)
        tables.delete_orphaned_contents(released)
    return len(artifacts)


def _create(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> Effect:
    tenant = get_tenant(key)
    global_id, created_on, content = _check_required(tables, key, value)
    clash = ArtifactAlreadyExists(key.group_id, str(key.artifact_id))
    if tables.artifact(key) is not None:
        raise clash
    if tables.has_global_id(tenant, global_id):
        raise RejectionWithRemarks(clash, Remark(RemarkCode.GLOBAL_ID_TAKEN, (global_id,)))
    artifact = insert_artifact(tables, key, value, latest=global_id)
    meta_data = truncate_meta_data(value.meta_data or MetaData())
    artifact.latest, artifact.meta_data = global_id, meta_data
    tables.insert_version(
        VersionRow(
            tenant_id=tenant,
            global_id=global_id,
            artifact=artifact,
            version=value.version or "1",
            version_id=1,
            state=State.ENABLED.value,
            meta_data=meta_data,
            created_by=value.created_by,
            created_on=created_on,
            content=content.id,
        )
    )
    return Effect(content_id=content.content_id)


def _update(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> Effect:
    tenant = get_tenant(key)
    global_id, created_on, content = _check_required(tables, key, value)
    artifact = tables.artifact(key)
    if artifact is None or artifact.latest is None:
        # Some imports leave an artifact without a latest version, where a Java node fails as well.
        raise ArtifactNotFound(key.group_id, key.artifact_id)
    version_id = tables.highest_version_id(artifact) + 1
    if version_id > _MAX_VERSION_ID:
        raise ImpossibleRecord(f"The artifact {key.artifact_id} can't have more versions")
    version = value.version or str(version_id)
    clash = VersionAlreadyExists(key.group_id, str(key.artifact_id), version)
    if tables.has_version(artifact, version):
        raise clash
    if tables.has_global_id(tenant, global_id):
        raise RejectionWithRemarks(clash, Remark(RemarkCode.GLOBAL_ID_TAKEN, (global_id,)))
    latest = tables.latest_meta_data(tenant, artifact)
    own = value.meta_data or MetaData()
    meta_data = truncate_meta_data(
        MetaData(
            name=latest.name if own.name is None else own.name,
            description=latest.description if own.description is None else own.description,
            labels=latest.labels if own.labels is None else own.labels,
            properties=latest.properties if own.properties is None else own.properties,
        )
    )
    tables.insert_version(
        VersionRow(
            tenant_id=tenant,
            global_id=global_id,
            artifact=artifact,
            version=version,
            version_id=version_id,
            state=State.ENABLED.value,
            meta_data=meta_data,
            created_by=value.created_by,
            created_on=created_on,
            content=content.id,
        )
    )
    tables.set_latest(artifact, global_id, meta_data)
    return Effect(content_id=content.content_id)


def _check_required(
    tables: Tables, key: ArtifactKey, value: ArtifactValue
) -> tuple[int, int, ContentRow]:
    """Return global id, created_on and content; raises a Java node's errors for missing ones."""
    if value.global_id is None or value.created_on is None or value.content_hash is None:
        raise ImpossibleRecord("An artifact record needs globalId, contentHash and createdOn")
    content = tables.content_by_any_hash(get_tenant(key), value.content_hash)
    if content is None:
        raise RejectionWithRemarks(
            ContentNotFound(f"hash {value.content_hash}"),
            Remark(RemarkCode.CONTENT_MISSING, (value.content_hash,)),
            *tables.lost_contents.remark_on_hash(get_tenant(key), value.content_hash),
        )
    return value.global_id, value.created_on, content
