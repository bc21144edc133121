"""From what a token claims to a principal."""

from collections.abc import Iterator, Mapping
from typing import Any

from access.configuration import AdminOverride, Configuration
from access.principals import Principal

#: The first that is there is the name, in the order of Quarkus, and so of Apicurio.
_NAMES = ("upn", "preferred_username", "sub")
#: Where nothing of the kind is there: what client credentials bring.
_CLIENTS = ("client_id", "azp")


class NoName(Exception):
    """The claims name nobody."""


def principal_of(claims: Mapping[str, Any], configuration: Configuration) -> Principal:
    """With the roles that the token has; raises NoName."""
    name = _first_text(claims, (*_NAMES, *_CLIENTS))
    if not name:
        raise NoName(f"The token names nobody: it has none of {', '.join(_NAMES)}.")
    said = {each for path in configuration.role_claims for each in _texts_at(claims, path)}
    return Principal(
        name=name,
        roles=frozenset(role for word, role in configuration.roles.items() if word in said),
        is_overridden=_is_overridden(claims, configuration.admin_override, name),
        display_name=_first_text(claims, ("name",)),
    )


def _is_overridden(claims: Mapping[str, Any], override: AdminOverride, name: str) -> bool:
    if override.user:
        return name == override.user
    return bool(override.claim) and override.value in _texts_at(claims, override.claim)


def _first_text(claims: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = (claims.get(each) for each in names)
    return next((each for each in found if isinstance(each, str) and each), "")


def _texts_at(claims: Mapping[str, Any], path: str) -> set[str]:
    """A list's texts, a text's words, or yes and no as JSON writes them."""
    value: Any = claims
    for part in path.split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    return set(_texts_in(value))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        yield from value.split()
    elif isinstance(value, list):
        yield from (each for each in value if isinstance(each, str))
