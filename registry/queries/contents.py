"""Contents by version, global id, content id or hash."""

from dataclasses import dataclass
from typing import Any

from registry.errors import ArtifactNotFound, ContentNotFound
from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_row
from registry.queries.versions import VersionMeta, version_meta, version_meta_by_global_id
from registry.references import Reference, parse_references


@dataclass(frozen=True, slots=True)
class ContentBody:
    """A content; `type` and `meta` are None unless it was looked up by a version or global id."""

    content: bytes
    content_id: int
    content_hash: str
    references: tuple[Reference, ...]
    type: str | None = None
    meta: VersionMeta | None = None


_SELECT = (
    "SELECT content, content_id, content_hash, serialized_references "
    "FROM registry_content WHERE tenant_id = %s AND "
)


def content_of_version(
    group_id: str | None, artifact_id: str, version: str | None = None
) -> ContentBody:
    """Return the content of the version of `version_meta`.

    A named version may be disabled, see `meta.state`.
    """
    return _read_content(version_meta(group_id, artifact_id, version))


def content_by_global_id(global_id: int) -> ContentBody:
    """Return a content by a version's global id; raises ArtifactNotFound."""
    return _read_content(version_meta_by_global_id(global_id))


def _read_content(meta: VersionMeta) -> ContentBody:
    row = fetch_row(f"{_SELECT} content_id = %s", DEFAULT_TENANT, meta.content_id)
    if row is None:
        # Deleted since the first statement.
        raise ArtifactNotFound(meta.group_id, meta.artifact_id)
    return ContentBody(
        content=bytes(row[0]),
        content_id=meta.content_id,
        content_hash=meta.content_hash,
        references=meta.references,
        type=meta.type,
        meta=meta,
    )


def content_by_content_id(content_id: int) -> ContentBody:
    """Return a content by its content id; raises ContentNotFound."""
    row = fetch_row(f"{_SELECT} content_id = %s", DEFAULT_TENANT, content_id)
    if row is None:
        raise ContentNotFound(f"id/hash 'contentId-{content_id}'")
    return _to_body(row)


def content_by_hash(content_hash: str) -> ContentBody:
    """Return a content by its hash; raises ContentNotFound."""
    row = fetch_row(f"{_SELECT} content_hash = %s", DEFAULT_TENANT, content_hash)
    if row is None:
        raise ContentNotFound(f"id/hash 'contentHash-{content_hash}'")
    return _to_body(row)


def _to_body(row: tuple[Any, ...]) -> ContentBody:
    return ContentBody(
        content=bytes(row[0]),
        content_id=row[1],
        content_hash=row[2],
        references=parse_references(row[3]),
    )
