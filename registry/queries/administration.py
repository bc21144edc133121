"""What administrators set: roles, properties of the registry, levels of loggers."""

from dataclasses import dataclass, replace

from django.conf import settings

from registry.errors import ConfigPropertyNotFound, RoleMappingNotFound
from registry.models import DEFAULT_TENANT
from registry.queries.rows import bytewise, row, rows

DELETION_ENABLED = "registry.rest.artifact.deletion.enabled"
DOWNLOAD_TTL = "registry.download.href.ttl"
LEGACY_IDS = "registry.ccompat.legacy-id-mode.enabled"
READ_ONLY_PAGES = "registry.ui.features.readOnly"

_BOOLEAN = "java.lang.Boolean"


@dataclass(frozen=True, slots=True)
class RoleMapping:
    principal_id: str
    principal_name: str | None
    role: str


@dataclass(frozen=True, slots=True)
class ConfigProperty:
    """`type` is a Java class, as clients of Apicurio know it; `value` is text of that type."""

    name: str
    label: str
    description: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Logger:
    name: str
    level: str


#: By name, with Apicurio's words, which its console shows; the values are the defaults.
_PROPERTIES = {
    each.name: each
    for each in (
        ConfigProperty(
            LEGACY_IDS,
            "Legacy ID mode (compatibility API)",
            "When selected, the Schema Registry compatibility API uses global ID instead of "
            "content ID for artifact identifiers.",
            _BOOLEAN,
            "false",
        ),
        ConfigProperty(
            DOWNLOAD_TTL,
            "Download link expiry",
            "The number of seconds that a generated link to a .zip download file is active "
            "before expiring.",
            "java.lang.Long",
            "30",
        ),
        ConfigProperty(
            DELETION_ENABLED,
            "Delete artifact version",
            "When selected, users are permitted to delete artifact versions.",
            _BOOLEAN,
            "false",
        ),
        ConfigProperty(
            READ_ONLY_PAGES,
            "UI read-only mode",
            "When selected, the Service Registry web console is set to read-only, preventing "
            "create, read, update, or delete operations.",
            _BOOLEAN,
            "false",
        ),
    )
}


def role_mappings() -> tuple[RoleMapping, ...]:
    """By principal."""
    found = rows(
        "SELECT principal_id, principal_name, role FROM registry_rolemapping "
        f"WHERE tenant_id = %s ORDER BY {bytewise('principal_id')}",
        DEFAULT_TENANT,
    )
    return tuple(RoleMapping(*each) for each in found)


def role_mapping(principal_id: str) -> RoleMapping:
    """Raises RoleMappingNotFound."""
    found = row(
        "SELECT principal_id, principal_name, role FROM registry_rolemapping "
        "WHERE tenant_id = %s AND principal_id = %s",
        DEFAULT_TENANT,
        principal_id,
    )
    if found is None:
        raise RoleMappingNotFound(principal_id)
    return RoleMapping(*found)


def config_properties() -> tuple[ConfigProperty, ...]:
    """Those that can be set, by name, each with its present value."""
    sql = "SELECT name, value FROM registry_configproperty WHERE tenant_id = %s"
    said = {name: value for name, value in rows(sql, DEFAULT_TENANT) if value is not None}
    return tuple(
        replace(each, value=said.get(each.name, _default(each))) for each in _PROPERTIES.values()
    )


def config_property(name: str) -> ConfigProperty:
    """With its present value; raises ConfigPropertyNotFound."""
    if name not in _PROPERTIES:
        raise ConfigPropertyNotFound(name)
    return next(each for each in config_properties() if each.name == name)


def _default(known: ConfigProperty) -> str:
    if known.name == DELETION_ENABLED:
        return "true" if settings.ANNALS_ALLOW_DELETE else "false"
    return known.value


def loggers() -> tuple[Logger, ...]:
    """Those whose level was set, by name."""
    found = rows(f"SELECT logger, level FROM registry_logconfig ORDER BY {bytewise('logger')}")
    return tuple(Logger(*each) for each in found)


def logger(name: str) -> Logger:
    """With its effective level: its own, or that of the nearest one above it, or INFO."""
    levels = {each.name: each.level for each in loggers()}
    above = name
    while above and above not in levels:
        above = above.rpartition(".")[0]
    return Logger(name, levels.get(above, "INFO"))
