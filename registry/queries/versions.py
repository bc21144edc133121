"""Versions with their metadata; the latest is the one named by the artifact, if enabled."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from registry.errors import ArtifactNotFound, VersionNotFound
from registry.models import DEFAULT_TENANT, State
from registry.queries.sql import (
    Page,
    fetch_number,
    fetch_row,
    fetch_rows,
    from_stored_group,
    to_stored_group,
)
from registry.references import Reference, parse_references


@dataclass(frozen=True, slots=True)
class VersionMeta:
    """A version and its artifact; times are epoch ms."""

    group_id: str | None
    artifact_id: str
    type: str
    version: str
    version_id: int
    global_id: int
    content_id: int
    state: str
    name: str | None
    description: str | None
    labels: tuple[str, ...]
    properties: dict[str, str | None]
    created_by: str
    created_on: int
    artifact_created_by: str
    artifact_created_on: int
    references: tuple[Reference, ...]
    content_hash: str


_SELECT = (
    "SELECT a.group_id, a.artifact_id, a.type, v.version, v.version_id, v.global_id, "
    "c.content_id, v.state, v.name, v.description, v.labels, v.properties, v.created_by, "
    "v.created_on, a.created_by, a.created_on, c.serialized_references, c.content_hash "
)
_FROM = (
    "FROM registry_version v JOIN registry_artifact a ON a.id = v.artifact_id "
    "JOIN registry_content c ON c.id = v.content_id "
)
_OF_ARTIFACT = "a.tenant_id = %s AND a.group_id = %s AND a.artifact_id = %s "
_BY_AGE = "ORDER BY CASE WHEN v.global_id = a.latest THEN 0 ELSE 1 END, v.global_id DESC"
_LATEST_FIRST = f"{_BY_AGE} LIMIT 1"


def artifact_exists(group_id: str | None, artifact_id: str) -> bool:
    return _artifact_column("1", group_id, artifact_id) is not None


def artifact_type(group_id: str | None, artifact_id: str) -> str:
    """Return an artifact's type; raises ArtifactNotFound."""
    row = _artifact_column("a.type", group_id, artifact_id)
    if row is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return str(row[0])


def artifact_owner(group_id: str | None, artifact_id: str) -> str:
    """Return the owner's name, empty without one, whatever the state of the versions.

    Raises ArtifactNotFound.
    """
    row = _artifact_column("a.created_by", group_id, artifact_id)
    if row is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return row[0] or ""


def find_artifact_of_other_owner(group_id: str | None, owner: str) -> tuple[str, str] | None:
    """Return id and owner of an artifact in the group with another owner; None without one."""
    sql = (
        "SELECT artifact_id, created_by FROM registry_artifact "
        "WHERE tenant_id = %s AND group_id = %s AND created_by NOT IN ('', %s) LIMIT 1"
    )
    return fetch_row(sql, DEFAULT_TENANT, to_stored_group(group_id), owner)


def _artifact_column(column: str, group_id: str | None, artifact_id: str) -> tuple[Any, ...] | None:
    sql = f"SELECT {column} FROM registry_artifact a WHERE {_OF_ARTIFACT}"
    return fetch_row(sql, *_artifact_params(group_id, artifact_id))


def version_exists(group_id: str | None, artifact_id: str, version: str) -> bool:
    sql = (
        "SELECT 1 FROM registry_version v JOIN registry_artifact a ON a.id = v.artifact_id "
        f"WHERE {_OF_ARTIFACT} AND v.version = %s"
    )
    return fetch_row(sql, *_artifact_params(group_id, artifact_id), version) is not None


def count_versions() -> int:
    return fetch_number(
        "SELECT COUNT(*) FROM registry_version WHERE tenant_id = %s", (DEFAULT_TENANT,)
    )


def count_artifacts() -> int:
    return fetch_number(
        "SELECT COUNT(*) FROM registry_artifact WHERE tenant_id = %s", (DEFAULT_TENANT,)
    )


def version_names(group_id: str | None, artifact_id: str) -> tuple[str, ...]:
    """Return the names of all versions, oldest first; empty without such an artifact."""
    sql = (
        "SELECT v.version FROM registry_version v JOIN registry_artifact a "
        f"ON a.id = v.artifact_id WHERE {_OF_ARTIFACT} ORDER BY v.global_id"
    )
    return tuple(row[0] for row in fetch_rows(sql, *_artifact_params(group_id, artifact_id)))


def earlier_contents(
    group_id: str | None, artifact_id: str
) -> Iterator[tuple[str, bytes, tuple[Reference, ...]]]:
    """Yield enabled or deprecated versions with their contents and references, newest first.

    Contents are read lazily.
    """
    versions = fetch_rows(
        f"SELECT v.version, v.content_id {_FROM} WHERE {_OF_ARTIFACT} AND v.state <> %s {_BY_AGE}",
        *_artifact_params(group_id, artifact_id),
        State.DISABLED.value,
    )
    sql = "SELECT content, serialized_references FROM registry_content WHERE id = %s"
    for version, row_id in versions:
        row = fetch_row(sql, row_id)
        if row is not None:
            yield version, bytes(row[0]), parse_references(row[1])


def versions_before(meta: VersionMeta) -> Iterator[VersionMeta]:
    """Yield the artifact's enabled or deprecated versions before this one, newest first.

    Versions are read lazily.
    """
    params = _artifact_params(meta.group_id, meta.artifact_id)
    later = meta.global_id
    while True:
        row = fetch_row(
            f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND v.state <> %s AND v.global_id < %s "
            "ORDER BY v.global_id DESC LIMIT 1",
            *(*params, State.DISABLED.value, later),
        )
        if row is None:
            return
        earlier = to_version_meta(row)
        later = earlier.global_id
        yield earlier


def version_meta(group_id: str | None, artifact_id: str, version: str | None = None) -> VersionMeta:
    """Return a version, or without a name the latest enabled or deprecated one, as on a Java node.

    A named version may be disabled. Raises VersionNotFound for it, else ArtifactNotFound.
    """
    if version is not None:
        return _named_version(group_id, artifact_id, version)
    row = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND v.state <> %s {_LATEST_FIRST}",
        *_artifact_params(group_id, artifact_id),
        State.DISABLED.value,
    )
    if row is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return to_version_meta(row)


def version_meta_of_any_state(
    group_id: str | None, artifact_id: str, version: str | None = None
) -> VersionMeta:
    """Return as `version_meta` does, but the latest may be disabled."""
    if version is not None:
        return _named_version(group_id, artifact_id, version)
    row = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} {_LATEST_FIRST}",
        *_artifact_params(group_id, artifact_id),
    )
    if row is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return to_version_meta(row)


def _named_version(group_id: str | None, artifact_id: str, version: str) -> VersionMeta:
    row = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND v.version = %s",
        *_artifact_params(group_id, artifact_id),
        version,
    )
    if row is None:
        raise VersionNotFound(group_id, artifact_id, version)
    return to_version_meta(row)


def version_meta_by_global_id(global_id: int) -> VersionMeta:
    """Return a version by its global id; raises ArtifactNotFound, as in Apicurio."""
    row = fetch_row(
        f"{_SELECT}{_FROM} WHERE v.global_id = %s AND v.tenant_id = %s", global_id, DEFAULT_TENANT
    )
    if row is None:
        raise ArtifactNotFound(None, global_id)
    return to_version_meta(row)


def latest_versions(artifact_ids: Collection[str], limit: int = 50) -> tuple[VersionMeta, ...]:
    """Return the latest versions of artifacts with one of these ids, in any group."""
    if not artifact_ids:
        return ()
    placeholders = ", ".join(["%s"] * len(artifact_ids))
    rows = fetch_rows(
        f"{_SELECT}{_FROM} WHERE a.tenant_id = %s AND a.artifact_id IN ({placeholders}) "
        "AND v.global_id = a.latest AND v.state <> %s ORDER BY v.global_id LIMIT %s",
        DEFAULT_TENANT,
        *artifact_ids,
        State.DISABLED.value,
        limit,
    )
    return tuple(to_version_meta(row) for row in rows)


def next_version(group_id: str | None, artifact_id: str) -> str:
    """Return the default name of the next version."""
    highest = fetch_number(
        "SELECT COALESCE(MAX(v.version_id), 0) FROM registry_version v JOIN registry_artifact a "
        f"ON a.id = v.artifact_id WHERE {_OF_ARTIFACT}",
        _artifact_params(group_id, artifact_id),
    )
    return str(highest + 1)


def versions_with_content(content_id: int, limit: int = 20) -> tuple[VersionMeta, ...]:
    """Return the versions with this content, oldest first."""
    rows = fetch_rows(
        f"{_SELECT}{_FROM} WHERE c.tenant_id = %s AND c.content_id = %s "
        "ORDER BY v.global_id LIMIT %s",
        DEFAULT_TENANT,
        content_id,
        limit,
    )
    return tuple(to_version_meta(row) for row in rows)


def versions(
    group_id: str | None, artifact_id: str, *, offset: int = 0, limit: int = 20
) -> Page[VersionMeta]:
    """Return versions, oldest first; raises ArtifactNotFound."""
    params = _artifact_params(group_id, artifact_id)
    count = fetch_number(
        "SELECT COUNT(*) FROM registry_version v JOIN registry_artifact a "
        f"ON a.id = v.artifact_id WHERE {_OF_ARTIFACT}",
        params,
    )
    if count == 0:
        raise ArtifactNotFound(group_id, artifact_id)
    rows = fetch_rows(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} ORDER BY v.global_id LIMIT %s OFFSET %s",
        *params,
        limit,
        offset,
    )
    return Page(count, tuple(to_version_meta(row) for row in rows))


def find_version_by_content(
    group_id: str | None,
    artifact_id: str,
    *,
    content_hash: str | None = None,
    other_hash: str | None = None,
    canonical_hash: str | None = None,
) -> VersionMeta | None:
    """Return the newest version with a content of the hash; None without one.

    `other_hash` is that of a content with references by the other formula: see Content.
    """
    column, value = ("c.content_hash", content_hash)
    if other_hash is not None:
        column, value = ("c.other_hash", other_hash)
    if canonical_hash is not None:
        column, value = ("c.canonical_hash", canonical_hash)
    row = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND {column} = %s "
        "ORDER BY v.global_id DESC LIMIT 1",
        *_artifact_params(group_id, artifact_id),
        value,
    )
    return None if row is None else to_version_meta(row)


def _artifact_params(group_id: str | None, artifact_id: str) -> tuple[str, str, str]:
    return DEFAULT_TENANT, to_stored_group(group_id), artifact_id


def to_version_meta(row: tuple[Any, ...]) -> VersionMeta:
    """Convert a row of the columns of `_SELECT`."""
    return VersionMeta(
        group_id=from_stored_group(row[0]),
        artifact_id=row[1],
        type=row[2],
        version=row[3],
        version_id=row[4],
        global_id=row[5],
        content_id=row[6],
        state=row[7],
        name=row[8],
        description=row[9],
        labels=parse_labels(row[10]),
        properties=orjson.loads(row[11]) if row[11] else {},
        created_by=row[12] or "",
        created_on=row[13],
        artifact_created_by=row[14] or "",
        artifact_created_on=row[15],
        references=parse_references(row[16]),
        content_hash=row[17],
    )


def parse_labels(text: str | None) -> tuple[str, ...]:
    return tuple(orjson.loads(text)) if text else ()
