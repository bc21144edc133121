"""Role mapping, config property and logger records: plain rows by their names."""

from journal.models import Outcome
from journal.projection.effects import APPLIED, Effect
from journal.projection.rows import get_tenant
from journal.projection.tables import Tables
from journal.wire.messages import (
    Action,
    ConfigPropertyKey,
    ConfigPropertyValue,
    LogConfigKey,
    LogConfigValue,
    RoleMappingKey,
    RoleMappingValue,
)
from registry.errors import ImpossibleRecord, RoleMappingAlreadyExists, RoleMappingNotFound

_WHERE = "WHERE tenant_id = %s AND principal_id = %s"


def apply_role_mapping(
    tables: Tables, key: RoleMappingKey, value: RoleMappingValue, timestamp: int
) -> Effect:
    principal = str(key.principal_id)
    params = (get_tenant(key), principal)
    match value.action:
        case Action.CREATE:
            if tables.writer.read(f"SELECT 1 FROM registry_rolemapping {_WHERE}", *params):
                raise RoleMappingAlreadyExists(principal)
            tables.writer.write(
                "INSERT INTO registry_rolemapping (tenant_id, principal_id, role, principal_name) "
                "VALUES (%s, %s, %s, %s)",
                *params,
                value.role,
                value.principal_name,
            )
            return APPLIED
        case Action.UPDATE:
            sql = f"UPDATE registry_rolemapping SET role = %s {_WHERE}"
            changed = tables.writer.write(sql, value.role, *params)
        case Action.DELETE:
            changed = tables.writer.write(f"DELETE FROM registry_rolemapping {_WHERE}", *params)
        case _:
            raise ImpossibleRecord(f"A role mapping record can't be {value.action!r}")
    if not changed:
        raise RoleMappingNotFound(principal)
    return APPLIED


def apply_config_property(
    tables: Tables, key: ConfigPropertyKey, value: ConfigPropertyValue, timestamp: int
) -> Effect:
    """Apply a record to a config property; an update creates it, with the record's time."""
    params = (get_tenant(key), key.property_name)
    if value.action is Action.UPDATE:
        tables.writer.write(
            "INSERT INTO registry_configproperty (tenant_id, name, value, modified_on) "
            "VALUES (%s, %s, %s, %s) ON CONFLICT (tenant_id, name) DO UPDATE SET "
            "value = excluded.value, modified_on = excluded.modified_on",
            *params,
            value.value,
            timestamp,
        )
        return APPLIED
    if value.action is not Action.DELETE:
        raise ImpossibleRecord(f"A config property record can't be {value.action!r}")
    sql = "DELETE FROM registry_configproperty WHERE tenant_id = %s AND name = %s"
    if tables.writer.write(sql, *params):
        return APPLIED
    return Effect(Outcome.NO_EFFECT, reason=f"the property {key.property_name} is not set")


def apply_log_config(
    tables: Tables, key: LogConfigKey, value: LogConfigValue, timestamp: int
) -> Effect:
    """Apply a record to a logger's level; loggers have no tenant, as in Apicurio."""
    if value.logger is None:
        raise ImpossibleRecord("A logger record names no logger")
    if value.action is Action.UPDATE:
        tables.writer.write(
            "INSERT INTO registry_logconfig (logger, level) VALUES (%s, %s) "
            "ON CONFLICT (logger) DO UPDATE SET level = excluded.level",
            value.logger,
            value.log_level,
        )
        return APPLIED
    if value.action is not Action.DELETE:
        raise ImpossibleRecord(f"A logger record can't be {value.action!r}")
    sql = "DELETE FROM registry_logconfig WHERE logger = %s"
    if tables.writer.write(sql, value.logger):
        return APPLIED
    return Effect(Outcome.NO_EFFECT, reason=f"the logger {value.logger} is not set")
