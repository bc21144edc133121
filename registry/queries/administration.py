"""What administrators set: roles of principals, levels of loggers."""

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
    """By principal."""
    found = fetch_rows(
        "SELECT principal_id, principal_name, role FROM registry_rolemapping "
        f"WHERE tenant_id = %s ORDER BY {bytewise('principal_id')}",
        DEFAULT_TENANT,
    )
    return tuple(RoleMapping(*each) for each in found)


def role_mapping(principal_id: str) -> RoleMapping:
    """Raises RoleMappingNotFound."""
    found = fetch_row(
        "SELECT principal_id, principal_name, role FROM registry_rolemapping "
        "WHERE tenant_id = %s AND principal_id = %s",
        DEFAULT_TENANT,
        principal_id,
    )
    if found is None:
        raise RoleMappingNotFound(principal_id)
    return RoleMapping(*found)


def loggers() -> tuple[Logger, ...]:
    """Those whose level was set, by name."""
    found = fetch_rows(
        f"SELECT logger, level FROM registry_logconfig ORDER BY {bytewise('logger')}"
    )
    return tuple(Logger(*each) for each in found)


def logger(name: str) -> Logger:
    """With its effective level: its own, or that of the nearest one above it, or INFO."""
    levels = {each.name: each.level for each in loggers()}
    above = name
    while above and above not in levels:
        above = above.rpartition(".")[0]
    return Logger(name, levels.get(above, "INFO"))
