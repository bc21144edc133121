"""Every row of every tenant, read in pages, for writing the whole state again.

Read it inside `repeatable_read`. A group of None is the default group, as on the journal.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from registry.queries.sql import fetch_rows, from_stored_group

_PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version with its counts of rows in the search tables, `label_rows` and `property_rows`.

    `labels` and `properties` are JSON texts.
    """

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


_VERSIONS = (
    "SELECT v.artifact_id, v.global_id, v.version, v.version_id, v.state, v.name, "
    "v.description, v.created_by, v.created_on, v.labels, v.properties, c.content_id, "
    "c.tenant_id, "
    "(SELECT COUNT(*) FROM registry_label l WHERE l.version_id = v.id), "
    "(SELECT COUNT(*) FROM registry_property p WHERE p.version_id = v.id) "
    "FROM registry_version v JOIN registry_content c ON c.id = v.content_id "
    "WHERE v.artifact_id BETWEEN %s AND %s ORDER BY v.artifact_id, v.version_id, v.global_id"
)


def _fetch_pages(table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    last = 0
    while True:
        rows = fetch_rows(
            f"SELECT id, {columns} FROM {table} WHERE id > %s ORDER BY id LIMIT {_PAGE_SIZE}", last
        )
        yield from (row[1:] for row in rows)
        if len(rows) < _PAGE_SIZE:
            return
        last = rows[-1][0]


def all_groups() -> Iterator[tuple[Any, ...]]:
    """Yield groups as tuples.

    (tenant, group, description, artifacts type, created by, created on, whether that was derived,
    modified by, modified on, properties)
    """
    columns = (
        "tenant_id, group_id, description, artifacts_type, created_by, created_on, "
        "created_on_derived, modified_by, modified_on, properties"
    )
    for tenant, group, *others in _fetch_pages("registry_group", columns):
        yield tenant, from_stored_group(group), *others


def all_contents() -> Iterator[tuple[str, int, str, str, bytes, str | None]]:
    """Yield (tenant, content id, hash, canonical hash, bytes, references' text)."""
    columns = "tenant_id, content_id, content_hash, canonical_hash, content, serialized_references"
    for tenant, content_id, hashed, canonical, content, references in _fetch_pages(
        "registry_content", columns
    ):
        yield tenant, content_id, hashed, canonical, bytes(content), references


def get_content(tenant: str, content_id: int) -> tuple[str, str, bytes, str | None]:
    """Return (hash, canonical hash, bytes, references' text) of a stored content."""
    hashed, canonical, content, references = fetch_rows(
        "SELECT content_hash, canonical_hash, content, serialized_references "
        "FROM registry_content WHERE tenant_id = %s AND content_id = %s",
        tenant,
        content_id,
    )[0]
    return hashed, canonical, bytes(content), references


def find_content_id(tenant: str, content_hash: str) -> tuple[int | None, int]:
    """Return the id of the tenant's content with this hash, or None; and the highest id, or 0."""
    row = fetch_rows(
        "SELECT MAX(CASE WHEN content_hash = %s THEN content_id END), MAX(content_id) "
        "FROM registry_content WHERE tenant_id = %s",
        content_hash,
        tenant,
    )[0]
    return row[0], row[1] or 0


def all_artifacts() -> Iterator[StoredArtifact]:
    """Yield artifacts with their versions in the order of version_id."""
    last = 0
    while True:
        artifacts = fetch_rows(
            "SELECT id, tenant_id, group_id, artifact_id, type, created_by, created_on, latest "
            f"FROM registry_artifact WHERE id > %s ORDER BY id LIMIT {_PAGE_SIZE}",
            last,
        )
        if not artifacts:
            return
        first, last = artifacts[0][0], artifacts[-1][0]
        rows = fetch_rows(_VERSIONS, first, last)
        versions = {
            artifact: tuple(StoredVersion(*row[1:]) for row in some)
            for artifact, some in groupby(rows, lambda row: int(row[0]))
        }
        for row_id, tenant, group, artifact_id, kind, by, on, latest in artifacts:
            key = (tenant, from_stored_group(group), artifact_id)
            yield StoredArtifact(*key, kind, by, on, latest, versions.get(row_id, ()))


def all_artifact_rules() -> Iterator[tuple[str, str | None, str, str, str | None]]:
    """Yield (tenant, group, artifact, type, configuration)."""
    columns = "tenant_id, group_id, artifact_id, type, configuration"
    for tenant, group, *others in _fetch_pages("registry_artifactrule", columns):
        artifact_id, kind, configuration = others
        yield tenant, from_stored_group(group), artifact_id, kind, configuration


def all_global_rules() -> Iterator[tuple[Any, ...]]:
    """Yield (tenant, type, configuration)."""
    return _fetch_pages("registry_globalrule", "tenant_id, type, configuration")


def all_comments() -> Iterator[tuple[Any, ...]]:
    """Yield (tenant, comment id, created by, created on, text, its version's global id)."""
    columns = (
        "tenant_id, comment_id, created_by, created_on, value, "
        "(SELECT v.global_id FROM registry_version v WHERE v.id = registry_comment.version_id)"
    )
    return _fetch_pages("registry_comment", columns)


def all_role_mappings() -> Iterator[tuple[Any, ...]]:
    """Yield (tenant, principal, role, principal's name)."""
    return _fetch_pages("registry_rolemapping", "tenant_id, principal_id, role, principal_name")


def all_config_properties() -> Iterator[tuple[Any, ...]]:
    """Yield (tenant, name, value, modified on)."""
    return _fetch_pages("registry_configproperty", "tenant_id, name, value, modified_on")


def all_loggers() -> Iterator[tuple[Any, ...]]:
    """Yield (logger, level)."""
    return _fetch_pages("registry_logconfig", "logger, level")


def all_downloads() -> Iterator[tuple[Any, ...]]:
    """Yield (tenant, id, expires, type, global id, content id, content hash)."""
    return _fetch_pages(
        "registry_download",
        "tenant_id, download_id, expires, type, global_id, content_id, content_hash",
    )
