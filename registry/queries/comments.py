"""Comments on versions."""

from dataclasses import dataclass

from registry.errors import VersionNotFound
from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_rows, to_stored_group
from registry.queries.versions import version_exists


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; `created_on` is in epoch ms."""

    comment_id: str
    created_by: str
    created_on: int
    value: str | None


def comments(group_id: str | None, artifact_id: str, version: str) -> tuple[Comment, ...]:
    """Return the newest first; raises VersionNotFound."""
    rows = fetch_rows(
        "SELECT m.comment_id, m.created_by, m.created_on, m.value FROM registry_comment m "
        "JOIN registry_version v ON v.id = m.version_id "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        "WHERE a.tenant_id = %s AND a.group_id = %s AND a.artifact_id = %s AND v.version = %s "
        "ORDER BY m.created_on DESC, m.id DESC",
        *(DEFAULT_TENANT, to_stored_group(group_id), artifact_id, version),
    )
    if not rows and not version_exists(group_id, artifact_id, version):
        raise VersionNotFound(group_id, artifact_id, version)
    return tuple(Comment(row[0], row[1] or "", row[2], row[3]) for row in rows)


@dataclass(frozen=True, slots=True)
class CommentedVersion:
    """A version with comments; `has_author` if any of them has one."""

    artifact_id: str
    version: str
    has_author: bool


def commented_versions(group_id: str | None) -> tuple[CommentedVersion, ...]:
    """Return the commented versions of all artifacts of the group."""
    rows = fetch_rows(
        "SELECT a.artifact_id, v.version, MAX(CASE WHEN m.created_by = '' THEN 0 ELSE 1 END) "
        "FROM registry_comment m JOIN registry_version v ON v.id = m.version_id "
        "JOIN registry_artifact a ON a.id = v.artifact_id "
        "WHERE a.tenant_id = %s AND a.group_id = %s GROUP BY a.artifact_id, v.version, v.id",
        *(DEFAULT_TENANT, to_stored_group(group_id)),
    )
    return tuple(CommentedVersion(row[0], row[1], bool(row[2])) for row in rows)
