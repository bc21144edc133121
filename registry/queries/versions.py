"""Versions with their metadata; the latest is the one an artifact points to, if not disabled."""

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
    """A version and its artifact; times are epoch milliseconds."""

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
    """Raises ArtifactNotFound."""
    found = _artifact_column("a.type", group_id, artifact_id)
    if found is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return str(found[0])


def artifact_owner(group_id: str | None, artifact_id: str) -> str:
    """Empty for nobody; raises ArtifactNotFound."""
    found = _artifact_column("a.created_by", group_id, artifact_id)
    if found is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return found[0] or ""


def find_artifact_of_other_owner(group_id: str | None, owner: str) -> tuple[str, str] | None:
    """The id and the owner of some artifact of the group that is neither nobody's nor theirs."""
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
    """All of them, oldest first; empty when there is no such artifact."""
    sql = (
        "SELECT v.version FROM registry_version v JOIN registry_artifact a "
        f"ON a.id = v.artifact_id WHERE {_OF_ARTIFACT} ORDER BY v.global_id"
    )
    return tuple(found[0] for found in fetch_rows(sql, *_artifact_params(group_id, artifact_id)))


def earlier_contents(
    group_id: str | None, artifact_id: str
) -> Iterator[tuple[str, bytes, tuple[Reference, ...]]]:
    """Versions that are not disabled, with contents and references, newest first, one by one."""
    listed = fetch_rows(
        f"SELECT v.version, v.content_id {_FROM} WHERE {_OF_ARTIFACT} AND v.state <> %s {_BY_AGE}",
        *_artifact_params(group_id, artifact_id),
        State.DISABLED.value,
    )
    sql = "SELECT content, serialized_references FROM registry_content WHERE id = %s"
    for version, content in listed:
        found = fetch_row(sql, content)
        if found is not None:
            yield version, bytes(found[0]), parse_references(found[1])


def versions_before(meta: VersionMeta) -> Iterator[VersionMeta]:
    """The artifact's versions that were there before this one and are not disabled, newest first.

    Read one by one while somebody asks.
    """
    params = _artifact_params(meta.group_id, meta.artifact_id)
    below = meta.global_id
    while True:
        found = fetch_row(
            f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND v.state <> %s AND v.global_id < %s "
            "ORDER BY v.global_id DESC LIMIT 1",
            *(*params, State.DISABLED.value, below),
        )
        if found is None:
            return
        earlier = to_version_meta(found)
        below = earlier.global_id
        yield earlier


def version_meta(group_id: str | None, artifact_id: str, version: str | None = None) -> VersionMeta:
    """Without a version, the latest that is not disabled, as a Java node answers by default.

    Raises ArtifactNotFound, or VersionNotFound where a version was named; a version that is named
    may be disabled.
    """
    if version is not None:
        return _named_version(group_id, artifact_id, version)
    found = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND v.state <> %s {_LATEST_FIRST}",
        *_artifact_params(group_id, artifact_id),
        State.DISABLED.value,
    )
    if found is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return to_version_meta(found)


def version_meta_of_any_state(
    group_id: str | None, artifact_id: str, version: str | None = None
) -> VersionMeta:
    """As version_meta, but the latest may be disabled."""
    if version is not None:
        return _named_version(group_id, artifact_id, version)
    found = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} {_LATEST_FIRST}",
        *_artifact_params(group_id, artifact_id),
    )
    if found is None:
        raise ArtifactNotFound(group_id, artifact_id)
    return to_version_meta(found)


def _named_version(group_id: str | None, artifact_id: str, version: str) -> VersionMeta:
    found = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND v.version = %s",
        *_artifact_params(group_id, artifact_id),
        version,
    )
    if found is None:
        raise VersionNotFound(group_id, artifact_id, version)
    return to_version_meta(found)


def version_meta_by_global_id(global_id: int) -> VersionMeta:
    """Raises ArtifactNotFound, as Apicurio does."""
    found = fetch_row(
        f"{_SELECT}{_FROM} WHERE v.global_id = %s AND v.tenant_id = %s", global_id, DEFAULT_TENANT
    )
    if found is None:
        raise ArtifactNotFound(None, global_id)
    return to_version_meta(found)


def latest_versions(artifact_ids: Collection[str], limit: int = 50) -> tuple[VersionMeta, ...]:
    """The latest versions of artifacts with one of these ids, whatever their group."""
    if not artifact_ids:
        return ()
    places = ", ".join(["%s"] * len(artifact_ids))
    found = fetch_rows(
        f"{_SELECT}{_FROM} WHERE a.tenant_id = %s AND a.artifact_id IN ({places}) "
        "AND v.global_id = a.latest AND v.state <> %s ORDER BY v.global_id LIMIT %s",
        DEFAULT_TENANT,
        *artifact_ids,
        State.DISABLED.value,
        limit,
    )
    return tuple(to_version_meta(each) for each in found)


def next_version(group_id: str | None, artifact_id: str) -> str:
    """What the next version will be called if nobody names it otherwise."""
    highest = fetch_number(
        "SELECT COALESCE(MAX(v.version_id), 0) FROM registry_version v JOIN registry_artifact a "
        f"ON a.id = v.artifact_id WHERE {_OF_ARTIFACT}",
        _artifact_params(group_id, artifact_id),
    )
    return str(highest + 1)


def versions_with_content(content_id: int, limit: int = 20) -> tuple[VersionMeta, ...]:
    """Those that show this content, oldest first."""
    found = fetch_rows(
        f"{_SELECT}{_FROM} WHERE c.tenant_id = %s AND c.content_id = %s "
        "ORDER BY v.global_id LIMIT %s",
        DEFAULT_TENANT,
        content_id,
        limit,
    )
    return tuple(to_version_meta(each) for each in found)


def versions(
    group_id: str | None, artifact_id: str, *, offset: int = 0, limit: int = 20
) -> Page[VersionMeta]:
    """Oldest first; raises ArtifactNotFound."""
    params = _artifact_params(group_id, artifact_id)
    count = fetch_number(
        "SELECT COUNT(*) FROM registry_version v JOIN registry_artifact a "
        f"ON a.id = v.artifact_id WHERE {_OF_ARTIFACT}",
        params,
    )
    if count == 0:
        raise ArtifactNotFound(group_id, artifact_id)
    found = fetch_rows(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} ORDER BY v.global_id LIMIT %s OFFSET %s",
        *params,
        limit,
        offset,
    )
    return Page(count, tuple(to_version_meta(each) for each in found))


def find_version_by_content(
    group_id: str | None,
    artifact_id: str,
    *,
    content_hash: str | None = None,
    canonical_hash: str | None = None,
) -> VersionMeta | None:
    """The newest version whose content has the hash that is given."""
    column, wanted = ("c.content_hash", content_hash)
    if canonical_hash is not None:
        column, wanted = ("c.canonical_hash", canonical_hash)
    found = fetch_row(
        f"{_SELECT}{_FROM} WHERE {_OF_ARTIFACT} AND {column} = %s "
        "ORDER BY v.global_id DESC LIMIT 1",
        *_artifact_params(group_id, artifact_id),
        wanted,
    )
    return None if found is None else to_version_meta(found)


def _artifact_params(group_id: str | None, artifact_id: str) -> tuple[str, str, str]:
    return DEFAULT_TENANT, to_stored_group(group_id), artifact_id


def to_version_meta(found: tuple[Any, ...]) -> VersionMeta:
    """From a row of the columns above."""
    return VersionMeta(
        group_id=from_stored_group(found[0]),
        artifact_id=found[1],
        type=found[2],
        version=found[3],
        version_id=found[4],
        global_id=found[5],
        content_id=found[6],
        state=found[7],
        name=found[8],
        description=found[9],
        labels=parse_labels(found[10]),
        properties=orjson.loads(found[11]) if found[11] else {},
        created_by=found[12] or "",
        created_on=found[13],
        artifact_created_by=found[14] or "",
        artifact_created_on=found[15],
        references=parse_references(found[16]),
        content_hash=found[17],
    )


def parse_labels(text: str | None) -> tuple[str, ...]:
    return tuple(orjson.loads(text)) if text else ()
