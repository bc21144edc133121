"""Roles of principals, properties of the registry and levels of loggers."""

from journal.commands.single_record import publish_one
from journal.commands.writer import Writer
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


def create_role_mapping(
    writer: Writer, principal_id: str, role: str, principal_name: str | None
) -> None:
    """Raises RoleMappingAlreadyExists, NoOutcome."""
    if any(mapping.principal_id == principal_id for mapping in queries.role_mappings()):
        raise RoleMappingAlreadyExists(principal_id)
    value = RoleMappingValue(Action.CREATE, role, principal_name)
    publish_one(writer, RoleMappingKey(DEFAULT_TENANT, principal_id), value, _MAPPINGS)


def update_role_mapping(writer: Writer, principal_id: str, role: str) -> None:
    """Raises RoleMappingNotFound, NoOutcome."""
    queries.role_mapping(principal_id)
    value = RoleMappingValue(Action.UPDATE, role)
    publish_one(writer, RoleMappingKey(DEFAULT_TENANT, principal_id), value, _MAPPINGS)


def delete_role_mapping(writer: Writer, principal_id: str) -> None:
    """Raises RoleMappingNotFound, NoOutcome."""
    queries.role_mapping(principal_id)
    value = RoleMappingValue(Action.DELETE)
    publish_one(writer, RoleMappingKey(DEFAULT_TENANT, principal_id), value, _MAPPINGS)


def set_config_property(writer: Writer, name: str, value: str) -> None:
    """Raises ConfigPropertyNotFound, InvalidPropertyValue, UnsupportedByDialect, NoOutcome."""
    queries.check_property_value(queries.config_property(name), value)
    update = ConfigPropertyValue(Action.UPDATE, value)
    publish_one(writer, ConfigPropertyKey(DEFAULT_TENANT, name), update, _PROPERTIES)


def reset_config_property(writer: Writer, name: str) -> None:
    """Reset a property to its default.

    Raises ConfigPropertyNotFound, UnsupportedByDialect, NoOutcome.
    """
    queries.config_property(name)
    key = ConfigPropertyKey(DEFAULT_TENANT, name)
    publish_one(writer, key, ConfigPropertyValue(Action.DELETE), _PROPERTIES)


def set_logger(writer: Writer, name: str, level: str) -> Logger:
    """Raises UnsupportedByDialect, NoOutcome."""
    _publish_logger(writer, LogConfigValue(Action.UPDATE, name, level))
    return Logger(name, level)


def reset_logger(writer: Writer, name: str) -> Logger:
    """Let a logger inherit its level again; returns the logger with the inherited level.

    Raises UnsupportedByDialect, NoOutcome.
    """
    parent = queries.logger(name.rpartition(".")[0])
    # Nodes of 2.1.3 only know how to set a level: so it is set first, as Apicurio does.
    _publish_logger(writer, LogConfigValue(Action.UPDATE, name, parent.level))
    _publish_logger(writer, LogConfigValue(Action.DELETE, name))
    return Logger(name, parent.level)


def _publish_logger(writer: Writer, value: LogConfigValue) -> None:
    publish_one(writer, LogConfigKey(DEFAULT_TENANT), value, _LOGGERS)
