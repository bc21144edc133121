"""Every row of every tenant, in pages, for whoever writes the whole state anew.

Read inside `snapshot`. Groups are named as the journal names them: None is the default group.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from registry.queries.sql import fetch_rows, from_stored_group

_PAGE = 500


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """`labels` and `properties` are JSON texts, of which searches know so many rows each."""

    global_id: int
    version: str
    version_id: int
    state: str
    name: str | None
    description: str | None
    created_by: str | None
    created_on: int
    labels: str | None
    properties: str | None
    content_id: int
    content_tenant: str
    label_rows: int
    property_rows: int


@dataclass(frozen=True, slots=True)
class StoredArtifact:
    tenant_id: str
    group_id: str | None
    artifact_id: str
    type: str
    created_by: str | None
    created_on: int
    latest: int | None
    versions: tuple[StoredVersion, ...]


def _each(table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    last = 0
    while True:
        found = fetch_rows(
            f"SELECT id, {columns} FROM {table} WHERE id > %s ORDER BY id LIMIT {_PAGE}", last
        )
        yield from (each[1:] for each in found)
        if len(found) < _PAGE:
            return
        last = found[-1][0]


def all_groups() -> Iterator[tuple[Any, ...]]:
    """(tenant, group, description, artifacts type, created by, created on, whether that was
    derived, modified by, modified on, properties)."""
    columns = (
        "tenant_id, group_id, description, artifacts_type, created_by, created_on, "
        "created_on_derived, modified_by, modified_on, properties"
    )
    for tenant, group, *others in _each("registry_group", columns):
        yield tenant, from_stored_group(group), *others


def all_contents() -> Iterator[tuple[str, int, str, str, bytes, str | None]]:
    """(tenant, content id, hash, canonical hash, bytes, references' text)."""
    columns = "tenant_id, content_id, content_hash, canonical_hash, content, serialized_references"
    for tenant, content_id, hashed, canonical, content, references in _each(
        "registry_content", columns
    ):
        yield tenant, content_id, hashed, canonical, bytes(content), references


def get_content(tenant: str, content_id: int) -> tuple[str, str, bytes, str | None]:
    """(hash, canonical hash, bytes, references' text) of a content that is there."""
    hashed, canonical, content, references = fetch_rows(
        "SELECT content_hash, canonical_hash, content, serialized_references "
        "FROM registry_content WHERE tenant_id = %s AND content_id = %s",
        tenant,
        content_id,
    )[0]
    return hashed, canonical, bytes(content), references


def find_content_id(tenant: str, content_hash: str) -> tuple[int | None, int]:
    """Under which id the tenant has this content, if it has; and its highest id, or 0."""
    found = fetch_rows(
        "SELECT MAX(CASE WHEN content_hash = %s THEN content_id END), MAX(content_id) "
        "FROM registry_content WHERE tenant_id = %s",
        content_hash,
        tenant,
    )[0]
    return found[0], found[1] or 0


def all_artifacts() -> Iterator[StoredArtifact]:
    """Each with its versions by their version_id."""
    last = 0
    while True:
        found = fetch_rows(
            "SELECT id, tenant_id, group_id, artifact_id, type, created_by, created_on, latest "
            f"FROM registry_artifact WHERE id > %s ORDER BY id LIMIT {_PAGE}",
            last,
        )
        if not found:
            return
        versions = _versions(found[0][0], found[-1][0])
        for row_id, tenant, group, artifact_id, kind, by, on, latest in found:
            place = (tenant, from_stored_group(group), artifact_id)
            yield StoredArtifact(*place, kind, by, on, latest, versions.get(row_id, ()))
        last = found[-1][0]


def _versions(first: int, last: int) -> dict[int, tuple[StoredVersion, ...]]:
    found = fetch_rows(
        "SELECT v.artifact_id, v.global_id, v.version, v.version_id, v.state, v.name, "
        "v.description, v.created_by, v.created_on, v.labels, v.properties, c.content_id, "
        "c.tenant_id, "
        "(SELECT COUNT(*) FROM registry_label l WHERE l.version_id = v.id), "
        "(SELECT COUNT(*) FROM registry_property p WHERE p.version_id = v.id) "
        "FROM registry_version v JOIN registry_content c ON c.id = v.content_id "
        "WHERE v.artifact_id BETWEEN %s AND %s ORDER BY v.artifact_id, v.version_id, v.global_id",
        first,
        last,
    )
    return {
        artifact: tuple(StoredVersion(*each[1:]) for each in some)
        for artifact, some in groupby(found, lambda each: int(each[0]))
    }


def all_artifact_rules() -> Iterator[tuple[str, str | None, str, str, str | None]]:
    """(tenant, group, artifact, type, configuration)."""
    columns = "tenant_id, group_id, artifact_id, type, configuration"
    for tenant, group, *others in _each("registry_artifactrule", columns):
        artifact_id, kind, configuration = others
        yield tenant, from_stored_group(group), artifact_id, kind, configuration


def all_global_rules() -> Iterator[tuple[Any, ...]]:
    """(tenant, type, configuration)."""
    return _each("registry_globalrule", "tenant_id, type, configuration")


def all_comments() -> Iterator[tuple[Any, ...]]:
    """(tenant, comment id, created by, created on, text, its version's global id)."""
    columns = (
        "tenant_id, comment_id, created_by, created_on, value, "
        "(SELECT v.global_id FROM registry_version v WHERE v.id = registry_comment.version_id)"
    )
    return _each("registry_comment", columns)


def all_role_mappings() -> Iterator[tuple[Any, ...]]:
    """(tenant, principal, role, principal's name)."""
    return _each("registry_rolemapping", "tenant_id, principal_id, role, principal_name")


def all_config_properties() -> Iterator[tuple[Any, ...]]:
    """(tenant, name, value, modified on)."""
    return _each("registry_configproperty", "tenant_id, name, value, modified_on")


def all_loggers() -> Iterator[tuple[Any, ...]]:
    """(logger, level)."""
    return _each("registry_logconfig", "logger, level")


def all_downloads() -> Iterator[tuple[Any, ...]]:
    """(tenant, id, expires, type, global id, content id, content hash)."""
    return _each(
        "registry_download",
        "tenant_id, download_id, expires, type, global_id, content_id, content_hash",
    )
