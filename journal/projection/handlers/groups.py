"""Group records."""

from journal.models import Outcome
from journal.projection.effects import Effect
from journal.projection.handlers.artifacts import delete_artifacts
from journal.projection.rows import check_lengths, get_group, get_tenant, replace_nul, to_json
from journal.projection.tables import Tables
from journal.wire.messages import Action, GroupKey, GroupValue
from registry.errors import GroupAlreadyExists, GroupNotFound, ImpossibleRecord

_WHERE = "WHERE tenant_id = %s AND group_id = %s"


def apply_group(tables: Tables, key: GroupKey, value: GroupValue, at: int) -> Effect:
    check_lengths(group_id=key.group_id)
    match value.action:
        case Action.CREATE:
            return _insert(tables, key, value, at)
        case Action.IMPORT:
            if _exists(tables, key):
                return Effect(Outcome.NO_EFFECT, reason=f"group {key.group_id} is there already")
            return _insert(tables, key, value, at)
        case Action.UPDATE:
            return _update(tables, key, value)
        case Action.DELETE:
            return _delete(tables, key, value)
        case _:
            raise ImpossibleRecord(f"A group record can't be {value.action!r}")


def _exists(tables: Tables, key: GroupKey) -> bool:
    sql = f"SELECT 1 FROM registry_group {_WHERE}"
    return tables.writer.read(sql, get_tenant(key), get_group(key)) is not None


def _insert(tables: Tables, key: GroupKey, value: GroupValue, at: int) -> Effect:
    if _exists(tables, key):
        raise GroupAlreadyExists(str(key.group_id))
    tables.writer.write(
        "INSERT INTO registry_group (tenant_id, group_id, description, artifacts_type, "
        "created_by, created_on, created_on_derived, modified_by, modified_on, properties) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        get_tenant(key),
        get_group(key),
        replace_nul(value.description),
        replace_nul(value.artifacts_type),
        replace_nul(value.created_by),
        value.created_on or at,
        not value.created_on,
        replace_nul(value.modified_by),
        value.modified_on or None,
        to_json(value.properties),
    )
    return Effect()


def _update(tables: Tables, key: GroupKey, value: GroupValue) -> Effect:
    changed = tables.writer.write(
        "UPDATE registry_group SET description = %s, artifacts_type = %s, modified_by = %s, "
        f"modified_on = %s, properties = %s {_WHERE}",
        replace_nul(value.description),
        replace_nul(value.artifacts_type),
        replace_nul(value.modified_by),
        value.modified_on or None,
        to_json(value.properties),
        get_tenant(key),
        get_group(key),
    )
    if not changed:
        raise GroupNotFound(str(key.group_id))
    return Effect()


def _delete(tables: Tables, key: GroupKey, value: GroupValue) -> Effect:
    if not value.only_artifacts and not _exists(tables, key):
        raise GroupNotFound(str(key.group_id))
    count = delete_artifacts(tables, get_tenant(key), get_group(key))
    if not value.only_artifacts:
        sql = f"DELETE FROM registry_group {_WHERE}"
        tables.writer.write(sql, get_tenant(key), get_group(key))
    elif not count:
        return Effect(Outcome.NO_EFFECT, reason="the group has no artifacts")
    return Effect(result=count)
