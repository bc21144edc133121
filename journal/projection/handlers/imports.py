"""Imported versions: what fails on a Java node fails here, and leaves what it leaves there."""

from collections.abc import Iterable

from journal.models import Outcome
from journal.projection.effects import CONTENT_UNKNOWN, Effect
from journal.projection.rows import (
    ArtifactRow,
    ContentRow,
    VersionRow,
    fits_columns,
    get_tenant,
    indexable_prefix,
)
from journal.projection.tables import Tables
from journal.wire.messages import ArtifactKey, ArtifactValue, MetaData
from registry.errors import ImpossibleRecord
from registry.models import SequenceName

#: Said instead of a global id: draw one.
_DRAW = -1


def check_import_fields(value: ArtifactValue) -> None:
    """Raises ImpossibleRecord where a Java node trips over what is missing."""
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


def import_version(
    tables: Tables, key: ArtifactKey, value: ArtifactValue, artifact: ArtifactRow, is_new: bool
) -> Effect:
    """The artifact's row stays, whatever becomes of its version; so does a drawn id."""
    tenant = get_tenant(key)
    draws = value.global_id == _DRAW
    global_id = (
        tables.next_in_sequence(tenant, SequenceName.GLOBAL_ID) if draws else value.global_id or 0
    )
    content = tables.content_by_id(tenant, value.content_id or 0)
    why_not = _why_not(tables, value, (tenant, global_id), artifact)
    if content is not None and not why_not:
        _insert(tables, value, (tenant, global_id), (artifact, content))
        remark = tables.lost.remark_on_id(tenant, content.content_id)
        return Effect(result=global_id, remark=remark)
    reason = why_not or f"content id {value.content_id} {CONTENT_UNKNOWN}"
    if is_new or draws:
        return Effect(remark=f"no version: {reason}", result=global_id if draws else None)
    return Effect(Outcome.NO_EFFECT, reason=reason)


def _why_not(
    tables: Tables, value: ArtifactValue, place: tuple[str, int], artifact: ArtifactRow
) -> str:
    if tables.has_global_id(*place):
        return f"global id {place[1]} is there already"
    if tables.has_version(artifact, _version(value)):
        return f"version {_version(value)} is there already"
    if value.state is None:
        return "the record names no state"
    if not fits_columns(value.meta_data or MetaData()):
        return "name or description is too long"
    return ""


def _version(value: ArtifactValue) -> str:
    return value.version or str(value.version_id)


def _insert(
    tables: Tables,
    value: ArtifactValue,
    place: tuple[str, int],
    rows: tuple[ArtifactRow, ContentRow],
) -> None:
    (tenant, global_id), (artifact, content) = place, rows
    meta = value.meta_data or MetaData()
    indexed = indexable_prefix(meta)
    if value.global_id == _DRAW and (meta.labels or meta.properties):
        # A Java node's label and property rows name version -1, so the first of them fails.
        indexed = MetaData()
    tables.insert_version(
        VersionRow(
            tenant_id=tenant,
            global_id=global_id,
            artifact=artifact,
            version=_version(value),
            version_id=value.version_id or 0,
            state=value.state or "",
            meta_data=meta,
            created_by=value.created_by,
            created_on=value.created_on or 0,
            content=content.id,
        ),
        indexed,
    )
    # `latest` is set after those rows, if none of them failed.
    is_whole = (indexed.labels or ()) == (meta.labels or ()) and (
        len(indexed.properties or {}) == len(meta.properties or {})
    )
    if value.latest and is_whole:
        tables.set_latest(artifact, global_id, meta)
