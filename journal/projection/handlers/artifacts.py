"""Artifact records: a new artifact, a new version of it, its end, an imported version."""

from collections.abc import Iterable

from journal.projection.effects import APPLIED, ID_TAKEN, Effect
from journal.projection.handlers.imports import check_import_fields, import_version
from journal.projection.rows import (
    ArtifactRow,
    ContentRow,
    VersionRow,
    check_lengths,
    get_group,
    get_tenant,
    replace_nul,
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
    AlreadyExists,
    ArtifactAlreadyExists,
    ArtifactNotFound,
    ContentNotFound,
    HasComments,
    ImpossibleRecord,
    VersionAlreadyExists,
)
from registry.models import State

#: Java's highest int.
_HIGHEST_VERSION_ID = 2**31 - 1


def apply_artifact(tables: Tables, key: ArtifactKey, value: ArtifactValue, at: int) -> Effect:
    check_lengths(
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


def apply_artifact_owner(
    tables: Tables, key: ArtifactOwnerKey, value: ArtifactOwnerValue, at: int
) -> Effect:
    if value.action is not Action.UPDATE:
        raise ImpossibleRecord(f"An owner record can't be {value.action!r}")
    found = tables.artifact(key)
    if found is None:
        raise ArtifactNotFound(key.group_id, key.artifact_id)
    tables.writer.write(
        "UPDATE registry_artifact SET created_by = %s WHERE id = %s",
        replace_nul(value.owner),
        found.id,
    )
    return APPLIED


def delete_artifacts(
    tables: Tables, tenant: str, group: str, artifact_id: str | None = None
) -> int:
    """With versions and rules, then every content without a version; returns how many.

    All of a group, or one of it. Raises HasComments before anything was deleted.
    """
    where, place = "tenant_id = %s AND group_id = %s", [tenant, group]
    if artifact_id is not None:
        where = f"{where} AND artifact_id = %s"
        place.append(artifact_id)
    artifacts = tables.writer.read_all(f"SELECT id FROM registry_artifact WHERE {where}", *place)
    _refuse_commented(tables, where, place)
    released: set[int] = set()
    for (artifact,) in artifacts:
        released |= _delete_rows(tables, artifact)
    if artifacts:
        tables.writer.write(f"DELETE FROM registry_artifactrule WHERE {where}", *place)
        tables.delete_orphaned_contents(released)
    return len(artifacts)


def _refuse_commented(tables: Tables, where: str, place: Iterable[str]) -> None:
    """A foreign key of the Java nodes' tables has it so, and the record is rolled back there."""
    found = tables.writer.read(
        "SELECT 1 FROM registry_comment c JOIN registry_version v ON v.id = c.version_id "
        f"WHERE v.artifact_id IN (SELECT id FROM registry_artifact WHERE {where}) LIMIT 1",
        *place,
    )
    if found is not None:
        raise HasComments


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
    if tables.artifact(key) is not None:
        raise ArtifactAlreadyExists(key.group_id, str(key.artifact_id))
    if tables.has_global_id(get_tenant(key), global_id):
        raise _id_taken(ArtifactAlreadyExists(key.group_id, str(key.artifact_id)), global_id)
    artifact = _insert_artifact(tables, key, value, global_id)
    meta_data = truncate_meta_data(value.meta_data or MetaData())
    artifact.latest, artifact.meta_data = global_id, meta_data
    tables.insert_version(
        VersionRow(
            tenant_id=get_tenant(key),
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
    global_id, created_on, content = _needs(tables, key, value)
    artifact = tables.artifact(key)
    if artifact is None or artifact.latest is None:
        # Without a latest version, as some imports leave it, a Java node finds nothing to go by.
        raise ArtifactNotFound(key.group_id, key.artifact_id)
    version_id = tables.highest_version_id(artifact) + 1
    if version_id > _HIGHEST_VERSION_ID:
        raise ImpossibleRecord(f"The artifact {key.artifact_id} can't have more versions")
    version = value.version or str(version_id)
    clash = VersionAlreadyExists(key.group_id, str(key.artifact_id), version)
    if tables.has_version(artifact, version):
        raise clash
    if tables.has_global_id(get_tenant(key), global_id):
        raise _id_taken(clash, global_id)
    inherited = tables.latest_meta_data(get_tenant(key), artifact)
    meta_data = truncate_meta_data(_overridden(inherited, value.meta_data or MetaData()))
    tables.insert_version(
        VersionRow(
            tenant_id=get_tenant(key),
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


def _id_taken(refusal: AlreadyExists, global_id: int) -> AlreadyExists:
    refusal.add_note(f"{ID_TAKEN}: another version has the global id {global_id}")
    return refusal


def _needs(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> tuple[int, int, ContentRow]:
    """(global id, created on, content); raises what a Java node would."""
    if value.global_id is None or value.created_on is None or value.content_hash is None:
        raise ImpossibleRecord("An artifact record needs globalId, contentHash and createdOn")
    content = tables.content_by_any_hash(get_tenant(key), value.content_hash)
    if content is None:
        missing = ContentNotFound(f"hash {value.content_hash}")
        missing.add_note(tables.lost.remark_on_hash(get_tenant(key), value.content_hash))
        raise missing
    return value.global_id, value.created_on, content


def _overridden(before: MetaData, said: MetaData) -> MetaData:
    """The latest version's metadata under what the record says itself."""
    return MetaData(
        name=before.name if said.name is None else said.name,
        description=before.description if said.description is None else said.description,
        labels=before.labels if said.labels is None else said.labels,
        properties=before.properties if said.properties is None else said.properties,
    )


def _insert_artifact(
    tables: Tables, key: ArtifactKey, value: ArtifactValue, latest: int | None
) -> ArtifactRow:
    if value.artifact_type is None or key.artifact_id is None:
        raise ImpossibleRecord("A new artifact needs an id and a type")
    artifact_type, created_by = replace_nul(value.artifact_type), replace_nul(value.created_by)
    return tables.insert_artifact(key, (artifact_type, created_by, value.created_on or 0, latest))


def _delete(tables: Tables, key: ArtifactKey) -> Effect:
    if not delete_artifacts(tables, get_tenant(key), get_group(key), replace_nul(key.artifact_id)):
        raise ArtifactNotFound(key.group_id, key.artifact_id)
    return APPLIED


def _import(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> Effect:
    check_import_fields(value)
    known = tables.artifact(key)
    artifact = known or _insert_artifact(tables, key, value, None)
    return import_version(tables, key, value, artifact, is_new=known is None)
