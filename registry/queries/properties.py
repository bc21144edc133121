"""Properties of the registry that administrators set while it runs, kept on the journal."""

from dataclasses import dataclass, replace

from django.conf import settings

from registry.errors import ConfigPropertyNotFound, InvalidPropertyValue
from registry.models import DEFAULT_TENANT
from registry.queries.rows import rows

DELETION_ENABLED = "registry.rest.artifact.deletion.enabled"
DOWNLOAD_TTL = "registry.download.href.ttl"
LEGACY_IDS = "registry.ccompat.legacy-id-mode.enabled"
READ_ONLY_PAGES = "registry.ui.features.readOnly"

_BOOLEAN = "java.lang.Boolean"
_LONG = "java.lang.Long"
_LONGEST_LONG = 18


@dataclass(frozen=True, slots=True)
class ConfigProperty:
    """`type` is a Java class, as clients of Apicurio know it; `value` is text of that type."""

    name: str
    label: str
    description: str
    type: str
    value: str


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
            _LONG,
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


def config_properties() -> tuple[ConfigProperty, ...]:
    """Those that can be set, by name, each with its present value."""
    sql = "SELECT name, value FROM registry_configproperty WHERE tenant_id = %s"
    said = dict(rows(sql, DEFAULT_TENANT))
    return tuple(_present(each, said.get(each.name)) for each in _PROPERTIES.values())


def _present(known: ConfigProperty, said: str | None) -> ConfigProperty:
    """Any text may stand on the journal: what is not of the property's type sets nothing."""
    if said is not None and _is_of_type(known.type, said):
        return replace(known, value=said)
    return replace(known, value=_default(known))


def config_property(name: str) -> ConfigProperty:
    """With its present value; raises ConfigPropertyNotFound."""
    if name not in _PROPERTIES:
        raise ConfigPropertyNotFound(name)
    return next(each for each in config_properties() if each.name == name)


def _default(known: ConfigProperty) -> str:
    if known.name == DELETION_ENABLED:
        return "true" if settings.ANNALS_ALLOW_DELETE else "false"
    return known.value


def is_set(name: str) -> bool:
    """Of a property that is true or false."""
    return config_property(name).value == "true"


def check_property_value(known: ConfigProperty, value: str) -> None:
    """Raises InvalidPropertyValue."""
    if not _is_of_type(known.type, value):
        wanted = "true or false" if known.type == _BOOLEAN else "a whole number, 0 or more"
        raise InvalidPropertyValue(f"{known.name} is {wanted}, not '{value}'.")


def _is_of_type(type_name: str, value: str) -> bool:
    if type_name == _BOOLEAN:
        return value in {"true", "false"}
    return value.isascii() and value.isdecimal() and len(value) <= _LONGEST_LONG
