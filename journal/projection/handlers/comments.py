"""Comment records: a comment on a version, its new text, its deletion."""

from journal.models import Outcome
from journal.projection.effects import APPLIED, Effect
from journal.projection.rows import get_tenant
from journal.projection.tables import Tables
from journal.wire.messages import Action, CommentKey, CommentValue
from registry.errors import CommentAlreadyExists, CommentNotFound, ImpossibleRecord, VersionNotFound

_WHERE = "WHERE tenant_id = %s AND comment_id = %s"
#: An update or delete reaches only comments without an author: a Java node's SQL compares
#: `createdBy` with the present user, and the thread that applies records has none.
_WHERE_REACHED = f"{_WHERE} AND created_by = ''"


def apply_comment(tables: Tables, key: CommentKey, value: CommentValue, timestamp: int) -> Effect:
    if key.comment_id is None:
        raise ImpossibleRecord("A comment record needs a commentId")
    params = (get_tenant(key), key.comment_id)
    match value.action:
        case Action.CREATE | Action.IMPORT:
            return _insert(tables, key, value)
        case Action.UPDATE:
            sql = f"UPDATE registry_comment SET value = %s {_WHERE_REACHED}"
            changed = tables.writer.write(sql, value.value, *params)
        case Action.DELETE:
            changed = tables.writer.write(f"DELETE FROM registry_comment {_WHERE_REACHED}", *params)
        case _:
            raise ImpossibleRecord(f"A comment record can't be {value.action!r}")
    if not changed:
        raise CommentNotFound(key.comment_id)
    return APPLIED


def _insert(tables: Tables, key: CommentKey, value: CommentValue) -> Effect:
    tenant, is_import = get_tenant(key), value.action is Action.IMPORT
    if is_import:
        version = tables.writer.read(
            "SELECT id FROM registry_version WHERE tenant_id = %s AND global_id = %s",
            tenant,
            value.global_id,
        )
        if version is None:
            return Effect(Outcome.NO_EFFECT, reason=f"there is no version {value.global_id}")
    else:
        artifact = tables.artifact(key)
        version = artifact and tables.writer.read(
            "SELECT id FROM registry_version WHERE artifact_id = %s AND version = %s",
            artifact.id,
            key.version,
        )
        if not version:
            raise VersionNotFound(key.group_id, str(key.artifact_id), str(key.version))
    if tables.writer.read(f"SELECT 1 FROM registry_comment {_WHERE}", tenant, key.comment_id):
        if is_import:
            return Effect(Outcome.NO_EFFECT, reason=f"comment {key.comment_id} is there already")
        raise CommentAlreadyExists(str(key.comment_id))
    if value.created_on is None:
        raise ImpossibleRecord("A new comment needs createdOn")
    tables.writer.write(
        "INSERT INTO registry_comment (tenant_id, comment_id, version_id, created_by, "
        "created_on, value) VALUES (%s, %s, %s, %s, %s, %s)",
        tenant,
        key.comment_id,
        version[0],
        value.created_by,
        value.created_on,
        value.value,
    )
    return APPLIED
