"""Imported versions: an import fails like on a Java node, and leaves the same rows."""

from journal.models import Outcome
from journal.projection.column_checks import ALLOCATE
from journal.projection.effects import Effect
from journal.projection.remarks import Remark, RemarkCode
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


def insert_artifact(
    tables: Tables, key: ArtifactKey, value: ArtifactValue, latest: int | None
) -> ArtifactRow:
    if value.artifact_type is None or key.artifact_id is None:
        raise ImpossibleRecord("A new artifact needs an id and a type")
    columns = (value.artifact_type, value.created_by, value.created_on or 0, latest)
    return tables.insert_artifact(key, columns)


def import_version(tables: Tables, key: ArtifactKey, value: ArtifactValue) -> Effect:
    """Import a version; a failed import leaves its artifact's row and an allocated id."""
    if (
        value.meta_data is None
        or value.global_id is None
        or value.version_id is None
        or value.content_id is None
        or value.latest is None
        or value.created_on is None
    ):
        raise ImpossibleRecord(
            "An imported version needs metaData, globalId, versionId, contentId, latest, createdOn"
        )
    tenant, artifact, is_new = get_tenant(key), tables.artifact(key), False
    if artifact is None:
        artifact, is_new = insert_artifact(tables, key, value, latest=None), True
    global_id, is_allocated = value.global_id, value.global_id == ALLOCATE
    if is_allocated:
        global_id = tables.next_in_sequence(tenant, SequenceName.GLOBAL_ID)
    version = value.version or str(value.version_id)
    content = tables.content_by_id(tenant, value.content_id)
    missing: tuple[Remark, ...] = ()
    if tables.has_global_id(tenant, global_id):
        cause = Remark(RemarkCode.GLOBAL_ID_EXISTS, (global_id,))
    elif tables.has_version(artifact, version):
        cause = Remark(RemarkCode.VERSION_EXISTS, (version,))
    elif value.state is None:
        cause = Remark(RemarkCode.STATE_MISSING)
    elif not fits_columns(value.meta_data):
        cause = Remark(RemarkCode.META_DATA_TOO_LONG)
    elif content is None:
        cause = Remark(RemarkCode.CONTENT_UNKNOWN, (value.content_id,))
        missing = (Remark(RemarkCode.CONTENT_MISSING, (value.content_id,)),)
    else:
        _insert_version(tables, value, (tenant, global_id, version), artifact, content)
        remarks = tables.lost_contents.remark_on_id(tenant, content.content_id)
        return Effect(result=global_id, remarks=remarks)
    if is_new or is_allocated:
        no_version = Remark(RemarkCode.NO_VERSION, (cause.code, *cause.arguments))
        result = global_id if is_allocated else None
        return Effect(remarks=(no_version, *missing), result=result)
    return Effect(Outcome.NO_EFFECT, reason=str(cause), remarks=missing)


def _insert_version(
    tables: Tables,
    value: ArtifactValue,
    identity: tuple[str, int, str],
    artifact: ArtifactRow,
    content: ContentRow,
) -> None:
    tenant, global_id, version = identity
    meta = value.meta_data or MetaData()
    indexed = indexable_prefix(meta)
    if value.global_id == ALLOCATE:
        # A Java node's label and property rows name version -1, so the first of them fails.
        indexed = MetaData()
    tables.insert_version(
        VersionRow(
            tenant_id=tenant,
            global_id=global_id,
            artifact=artifact,
            version=version,
            version_id=value.version_id or 0,
            state=value.state or "",
            meta_data=meta,
            created_by=value.created_by,
            created_on=value.created_on or 0,
            content=content.id,
        ),
        indexed,
    )
    # A Java node sets `latest` after the rows to search by, if none of these failed.
    if (
        value.latest
        and len(indexed.labels or ()) == len(meta.labels or ())
        and len(indexed.properties or {}) == len(meta.properties or {})
    ):
        tables.set_latest(artifact, global_id, meta)
