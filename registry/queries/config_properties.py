"""Properties of the registry set by administrators at runtime, stored on the journal."""

from dataclasses import dataclass, replace

from django.conf import settings

from registry.errors import ConfigPropertyNotFound, InvalidPropertyValue
from registry.models import DEFAULT_TENANT
from registry.queries.sql import fetch_rows
from registry.whole_numbers import MAX_LONG, parse_whole_number

DELETION_ENABLED = "registry.rest.artifact.deletion.enabled"
DOWNLOAD_TTL = "registry.download.href.ttl"
LEGACY_IDS = "registry.ccompat.legacy-id-mode.enabled"
READ_ONLY_PAGES = "registry.ui.features.readOnly"
ANONYMOUS_READS = "registry.auth.anonymous-read-access.enabled"
AUTHENTICATED_READS = "registry.auth.authenticated-read-access.enabled"
CLIENT_CREDENTIALS = "registry.auth.basic-auth-client-credentials.enabled"
OWNER_ONLY = "registry.auth.owner-only-authorization"
OWNER_ONLY_GROUPS = "registry.auth.owner-only-authorization.limit-group-access"

_BOOLEAN = "java.lang.Boolean"
_LONG = "java.lang.Long"
#: A moment that is so many seconds away is still a 64-bit number of milliseconds.
_MAX_SECONDS = MAX_LONG // 2000


@dataclass(frozen=True, slots=True)
class ConfigProperty:
    """A setting for clients of Apicurio: `type` is a Java class, `value` is text of this type.

    `is_stored` is true for a value on the journal.
    """

    name: str
    label: str
    description: str
    type: str
    value: str
    is_stored: bool = False


#: Those that mean something only where callers are authenticated.
_OF_ACCESS = frozenset({
    ANONYMOUS_READS,
    AUTHENTICATED_READS,
    CLIENT_CREDENTIALS,
    OWNER_ONLY,
    OWNER_ONLY_GROUPS,
})
#: By name, with Apicurio's words, which its console shows; the values are the defaults.
_PROPERTIES = {
    known.name: known
    for known in (
        ConfigProperty(
            ANONYMOUS_READS,
            "Anonymous read access",
            "When selected, requests from anonymous users (requests without any credentials) are "
            "granted read-only access.",
            _BOOLEAN,
            "false",
        ),
        ConfigProperty(
            AUTHENTICATED_READS,
            "Authenticated read access",
            "When selected, requests from any authenticated user are granted at least read-only "
            "access.",
            _BOOLEAN,
            "false",
        ),
        ConfigProperty(
            CLIENT_CREDENTIALS,
            "HTTP basic authentication",
            "When selected, users are permitted to authenticate using HTTP basic authentication "
            "(in addition to OAuth).",
            _BOOLEAN,
            "false",
        ),
        ConfigProperty(
            OWNER_ONLY,
            "Artifact owner-only authorization",
            "When selected, Service Registry allows only the artifact owner (creator) to modify "
            "an artifact.",
            _BOOLEAN,
            "false",
        ),
        ConfigProperty(
            OWNER_ONLY_GROUPS,
            "Artifact group owner-only authorization",
            "When selected, Service Registry allows only the artifact group owner (creator) to "
            "modify an artifact group.",
            _BOOLEAN,
            "false",
        ),
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
    """Return the configurable properties, each with its present value."""
    sql = "SELECT name, value FROM registry_configproperty WHERE tenant_id = %s"
    stored = dict(fetch_rows(sql, DEFAULT_TENANT))
    properties = []
    for known in _PROPERTIES.values():
        # As Apicurio, which lists the switches of access only where access is on.
        if known.name in _OF_ACCESS and not settings.ANNALS_ACCESS.is_on:
            continue
        value = stored.get(known.name)
        # Any text may be on the journal: one that is not of the property's type sets nothing.
        if value is not None and _is_of_type(known.type, value):
            properties.append(replace(known, value=value, is_stored=True))
            continue
        default: bool | None = settings.ANNALS_SWITCHES.get(known.name)
        value = known.value if default is None else str(default).lower()
        properties.append(replace(known, value=value))
    return tuple(properties)


def config_property(name: str) -> ConfigProperty:
    """Return a property with its present value; raises ConfigPropertyNotFound."""
    for known in config_properties():
        if known.name == name:
            return known
    raise ConfigPropertyNotFound(name)


def is_enabled(name: str) -> bool:
    """Return the value of a boolean property."""
    return config_property(name).value == "true"


def check_property_value(known: ConfigProperty, value: str) -> None:
    """Raise InvalidPropertyValue for a value not of the property's type."""
    if not _is_of_type(known.type, value):
        expected = "true or false" if known.type == _BOOLEAN else "a whole number, 0 or more"
        raise InvalidPropertyValue(f"{known.name} is {expected}, not '{value}'.")


def _is_of_type(type_name: str, value: str) -> bool:
    if type_name == _BOOLEAN:
        return value in {"true", "false"}
    return parse_whole_number(value, _MAX_SECONDS) is not None
