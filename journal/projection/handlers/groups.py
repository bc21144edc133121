"""Group records."""

from journal.models import Outcome
from journal.projection.effects import APPLIED, Effect
from journal.projection.handlers.artifacts import delete_artifacts
from journal.projection.rows import get_group, get_tenant, to_json
from journal.projection.tables import Tables
from journal.wire.messages import Action, GroupKey, GroupValue
from registry.errors import GroupAlreadyExists, GroupNotFound, ImpossibleRecord

_WHERE = "WHERE tenant_id = %s AND group_id = %s"


def apply_group(tables: Tables, key: GroupKey, value: GroupValue, timestamp: int) -> Effect:
    tenant, group = get_tenant(key), get_group(key)
    match value.action:
        case Action.CREATE | Action.IMPORT:
            return _insert(tables, key, value, timestamp)
        case Action.UPDATE:
            changed = tables.writer.write(
                "UPDATE registry_group SET description = %s, artifacts_type = %s, "
                f"modified_by = %s, modified_on = %s, properties = %s {_WHERE}",
                value.description,
                value.artifacts_type,
                value.modified_by,
                value.modified_on or None,
                to_json(value.properties),
                tenant,
                group,
            )
            if not changed:
                raise GroupNotFound(str(key.group_id))
            return APPLIED
        case Action.DELETE:
            if not value.only_artifacts and not _exists(tables, key):
                raise GroupNotFound(str(key.group_id))
            count = delete_artifacts(tables, tenant, group)
            if not value.only_artifacts:
                tables.writer.write(f"DELETE FROM registry_group {_WHERE}", tenant, group)
            elif not count:
                return Effect(Outcome.NO_EFFECT, reason="the group has no artifacts")
            return Effect(result=count)
        case _:
            raise ImpossibleRecord(f"A group record can't be {value.action!r}")


def _exists(tables: Tables, key: GroupKey) -> bool:
    sql = f"SELECT 1 FROM registry_group {_WHERE}"
    return tables.writer.read(sql, get_tenant(key), get_group(key)) is not None


def _insert(tables: Tables, key: GroupKey, value: GroupValue, timestamp: int) -> Effect:
    if _exists(tables, key):
        if value.action is Action.IMPORT:
            return Effect(Outcome.NO_EFFECT, reason=f"group {key.group_id} is there already")
        raise GroupAlreadyExists(str(key.group_id))
    tables.writer.write(
        "INSERT INTO registry_group (tenant_id, group_id, description, artifacts_type, "
        "created_by, created_on, created_on_derived, modified_by, modified_on, properties) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        get_tenant(key),
        get_group(key),
        value.description,
        value.artifacts_type,
        value.created_by,
        value.created_on or timestamp,
        not value.created_on,
        value.modified_by,
        value.modified_on or None,
        to_json(value.properties),
    )
    return APPLIED
