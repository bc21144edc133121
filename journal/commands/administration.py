"""Roles of principals, properties of the registry and levels of loggers: set and taken back."""

from journal.commands.single_record import publish_one
from journal.wire.messages import (
    Action,
    ConfigPropertyKey,
    ConfigPropertyValue,
    LogConfigKey,
    LogConfigValue,
    RoleMappingKey,
    RoleMappingValue,
)
from registry import queries
from registry.errors import RoleMappingAlreadyExists
from registry.models import DEFAULT_TENANT
from registry.queries import Logger

_MAPPINGS, _PROPERTIES, _LOGGERS = "role mappings", "config properties", "levels of loggers"


def create_role_mapping(principal_id: str, role: str, principal_name: str | None) -> None:
    """Raises RoleMappingAlreadyExists, NoOutcome."""
    if any(each.principal_id == principal_id for each in queries.role_mappings()):
        raise RoleMappingAlreadyExists(principal_id)
    value = RoleMappingValue(Action.CREATE, role, principal_name)
    publish_one(RoleMappingKey(DEFAULT_TENANT, principal_id), value, _MAPPINGS)


def update_role_mapping(principal_id: str, role: str) -> None:
    """Raises RoleMappingNotFound, NoOutcome."""
    queries.role_mapping(principal_id)
    value = RoleMappingValue(Action.UPDATE, role)
    publish_one(RoleMappingKey(DEFAULT_TENANT, principal_id), value, _MAPPINGS)


def delete_role_mapping(principal_id: str) -> None:
    """Raises RoleMappingNotFound, NoOutcome."""
    queries.role_mapping(principal_id)
    value = RoleMappingValue(Action.DELETE)
    publish_one(RoleMappingKey(DEFAULT_TENANT, principal_id), value, _MAPPINGS)


def set_config_property(name: str, value: str) -> None:
    """Raises ConfigPropertyNotFound, InvalidPropertyValue, UnsupportedByDialect, NoOutcome."""
    queries.check_property_value(queries.config_property(name), value)
    said = ConfigPropertyValue(Action.UPDATE, value)
    publish_one(ConfigPropertyKey(DEFAULT_TENANT, name), said, _PROPERTIES)


def reset_config_property(name: str) -> None:
    """To its default; raises ConfigPropertyNotFound, UnsupportedByDialect, NoOutcome."""
    queries.config_property(name)
    said = ConfigPropertyValue(Action.DELETE)
    publish_one(ConfigPropertyKey(DEFAULT_TENANT, name), said, _PROPERTIES)


def set_logger(name: str, level: str) -> Logger:
    """Raises NoOutcome."""
    _say_logger(LogConfigValue(Action.UPDATE, name, level))
    return Logger(name, level)


def reset_logger(name: str) -> Logger:
    """It follows the one above it again, whose level is returned; raises NoOutcome.

    Nodes of 2.1.3 know no other way than setting that level, so it is set first, as Apicurio does.
    """
    above = queries.logger(name.rpartition(".")[0])
    _say_logger(LogConfigValue(Action.UPDATE, name, above.level))
    _say_logger(LogConfigValue(Action.DELETE, name))
    return Logger(name, above.level)


def _say_logger(value: LogConfigValue) -> None:
    publish_one(LogConfigKey(DEFAULT_TENANT), value, _LOGGERS)
