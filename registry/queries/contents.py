"""Contents, found by a version, a global id, a content id or their hash."""

from dataclasses import dataclass
from typing import Any

from registry.errors import ArtifactNotFound, ContentNotFound
from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_row
from registry.queries.versions import VersionMeta, version_meta, version_meta_by_global_id
from registry.references import Reference, parse_references


@dataclass(frozen=True, slots=True)
class ContentBody:
    """A content; `type` and `meta` are None where it was asked for by itself, not by a version."""

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
    """As version_meta finds versions: one that is named may be disabled, see `meta.state`."""
    return _content_of(version_meta(group_id, artifact_id, version))


def content_by_global_id(global_id: int) -> ContentBody:
    """Raises ArtifactNotFound."""
    return _content_of(version_meta_by_global_id(global_id))


def _content_of(meta: VersionMeta) -> ContentBody:
    found = fetch_row(f"{_SELECT} content_id = %s", DEFAULT_TENANT, meta.content_id)
    if found is None:
        # Deleted between our two looks at it.
        raise ArtifactNotFound(meta.group_id, meta.artifact_id)
    return ContentBody(
        content=bytes(found[0]),
        content_id=meta.content_id,
        content_hash=meta.content_hash,
        references=meta.references,
        type=meta.type,
        meta=meta,
    )


def content_by_content_id(content_id: int) -> ContentBody:
    """Raises ContentNotFound."""
    found = fetch_row(f"{_SELECT} content_id = %s", DEFAULT_TENANT, content_id)
    if found is None:
        raise ContentNotFound(f"id/hash 'contentId-{content_id}'")
    return _body_of(found)


def content_by_hash(content_hash: str) -> ContentBody:
    """Raises ContentNotFound."""
    found = fetch_row(f"{_SELECT} content_hash = %s", DEFAULT_TENANT, content_hash)
    if found is None:
        raise ContentNotFound(f"id/hash 'contentHash-{content_hash}'")
    return _body_of(found)


def content_id_by_hash(content_hash: str) -> int | None:
    found = fetch_row(
        "SELECT content_id FROM registry_content WHERE tenant_id = %s AND content_hash = %s",
        DEFAULT_TENANT,
        content_hash,
    )
    return None if found is None else int(found[0])


def _body_of(found: tuple[Any, ...]) -> ContentBody:
    return ContentBody(
        content=bytes(found[0]),
        content_id=found[1],
        content_hash=found[2],
        references=parse_references(found[3]),
    )
