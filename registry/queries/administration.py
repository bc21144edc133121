"""Data set by administrators: roles of principals and levels of loggers."""

from dataclasses import dataclass

from registry.errors import RoleMappingNotFound
from registry.models import DEFAULT_TENANT
from registry.queries.sql import bytewise, fetch_row, fetch_rows


@dataclass(frozen=True, slots=True)
class RoleMapping:
    principal_id: str
    principal_name: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Logger:
    name: str
    level: str


def role_mappings() -> tuple[RoleMapping, ...]:
    """Return all mappings by principal."""
    rows = fetch_rows(
        "SELECT principal_id, principal_name, role FROM registry_rolemapping "
        f"WHERE tenant_id = %s ORDER BY {bytewise('principal_id')}",
        DEFAULT_TENANT,
    )
    return tuple(RoleMapping(*row) for row in rows)


def role_mapping(principal_id: str) -> RoleMapping:
    """Return a principal's mapping; raises RoleMappingNotFound."""
    row = fetch_row(
        "SELECT principal_id, principal_name, role FROM registry_rolemapping "
        "WHERE tenant_id = %s AND principal_id = %s",
        DEFAULT_TENANT,
        principal_id,
    )
    if row is None:
        raise RoleMappingNotFound(principal_id)
    return RoleMapping(*row)


def loggers() -> tuple[Logger, ...]:
    """Return the loggers with a level of their own, by name."""
    rows = fetch_rows(f"SELECT logger, level FROM registry_logconfig ORDER BY {bytewise('logger')}")
    return tuple(Logger(*row) for row in rows)


def logger(name: str) -> Logger:
    """Return a logger with its effective level: its own or its nearest ancestor's, or INFO."""
    levels = {logger.name: logger.level for logger in loggers()}
    ancestor = name
    while ancestor and ancestor not in levels:
        ancestor = ancestor.rpartition(".")[0]
    return Logger(name, levels.get(ancestor, "INFO"))
