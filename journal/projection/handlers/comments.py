"""Comment records: a comment on a version, its new text, its end."""

from journal.models import Outcome
from journal.projection.effects import Effect
from journal.projection.rows import check_lengths, get_tenant, replace_nul
from journal.projection.tables import Tables
from journal.wire.messages import Action, CommentKey, CommentValue
from registry.errors import CommentAlreadyExists, CommentNotFound, ImpossibleRecord, VersionNotFound

#: Whose comments an update or delete reaches: on a Java node the thread that applies records is
#: nobody, and its SQL compares `createdBy` with that.
_REACHED = "WHERE tenant_id = %s AND comment_id = %s AND created_by = ''"


def apply_comment(tables: Tables, key: CommentKey, value: CommentValue, at: int) -> Effect:
    if key.comment_id is None:
        raise ImpossibleRecord("A comment record needs a commentId")
    check_lengths(comment_id=key.comment_id, comment=value.value)
    match value.action:
        case Action.CREATE:
            return _create(tables, key, value)
        case Action.IMPORT:
            return _import(tables, key, value)
        case Action.UPDATE:
            sql = f"UPDATE registry_comment SET value = %s {_REACHED}"
            changed = tables.writer.write(sql, replace_nul(value.value), *_place(key))
        case Action.DELETE:
            changed = tables.writer.write(f"DELETE FROM registry_comment {_REACHED}", *_place(key))
        case _:
            raise ImpossibleRecord(f"A comment record can't be {value.action!r}")
    if not changed:
        raise CommentNotFound(key.comment_id)
    return Effect()


def _create(tables: Tables, key: CommentKey, value: CommentValue) -> Effect:
    found = tables.artifact(key)
    version = found and tables.writer.read(
        "SELECT id FROM registry_version WHERE artifact_id = %s AND version = %s",
        found.id,
        replace_nul(key.version),
    )
    if not version:
        raise VersionNotFound(key.group_id, str(key.artifact_id), str(key.version))
    if _exists(tables, key):
        raise CommentAlreadyExists(str(key.comment_id))
    _insert(tables, key, value, version[0])
    return Effect()


def _import(tables: Tables, key: CommentKey, value: CommentValue) -> Effect:
    version = tables.writer.read(
        "SELECT id FROM registry_version WHERE tenant_id = %s AND global_id = %s",
        get_tenant(key),
        value.global_id,
    )
    if version is None:
        return Effect(Outcome.NO_EFFECT, reason=f"there is no version {value.global_id}")
    if _exists(tables, key):
        return Effect(Outcome.NO_EFFECT, reason=f"comment {key.comment_id} is there already")
    _insert(tables, key, value, version[0])
    return Effect()


def _exists(tables: Tables, key: CommentKey) -> bool:
    sql = "SELECT 1 FROM registry_comment WHERE tenant_id = %s AND comment_id = %s"
    return tables.writer.read(sql, *_place(key)) is not None


def _insert(tables: Tables, key: CommentKey, value: CommentValue, version: int) -> None:
    if value.created_on is None:
        raise ImpossibleRecord("A new comment needs createdOn")
    tables.writer.write(
        "INSERT INTO registry_comment (tenant_id, comment_id, version_id, created_by, "
        "created_on, value) VALUES (%s, %s, %s, %s, %s, %s)",
        *_place(key),
        version,
        replace_nul(value.created_by),
        value.created_on,
        replace_nul(value.value),
    )


def _place(key: CommentKey) -> tuple[str, str | None]:
    return get_tenant(key), replace_nul(key.comment_id)
