"""Converts the claims of a token to a principal."""

import re
from collections.abc import Mapping
from typing import Any

from access.configuration import AccessConfiguration
from access.principals import Principal
from registry.column_ranges import describe_fault

#: The first claim that is there is the name, in the order of Quarkus, and so of Apicurio.
_NAME_CLAIMS = ("upn", "preferred_username", "sub")
#: Claims of client credentials, which may have none of those.
_CLIENT_CLAIMS = ("client_id", "azp")
#: Control characters, and halves of surrogate pairs: PostgreSQL or UTF-8 can't hold them all.
_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class InvalidUsername(Exception):
    """The claims name no principal, or the name can't be stored."""


def to_principal(claims: Mapping[str, Any], configuration: AccessConfiguration) -> Principal:
    """Return the principal with the roles of its token; raises InvalidUsername."""
    name = _first_text(claims, *_NAME_CLAIMS, *_CLIENT_CLAIMS)
    if not name:
        claim_names = ", ".join(_NAME_CLAIMS)
        raise InvalidUsername(f"The token has no user name: it has none of {claim_names}.")
    if message := describe_fault(owner=name):
        raise InvalidUsername(f"The token's name can't be an owner's: {message}.")
    if _UNSTORABLE.search(name):
        raise InvalidUsername("The token's name holds a control character or half a character.")
    values = {text for path in configuration.role_claims for text in _texts(claims, path)}
    override = configuration.admin_override
    has_claim = bool(override.claim) and override.value in _texts(claims, override.claim)
    return Principal(
        name=name,
        roles=frozenset(role for value, role in configuration.roles.items() if value in values),
        is_overridden=has_claim or name == override.user,
        display_name=_UNSTORABLE.sub("", _first_text(claims, "name")),
    )


def _first_text(claims: Mapping[str, Any], *names: str) -> str:
    values = (claims.get(name) for name in names)
    return next((value for value in values if isinstance(value, str) and value), "")


def _texts(claims: Mapping[str, Any], path: str) -> set[str]:
    """Return a list's texts, a text's words, or the JSON spelling of a boolean."""
    value: Any = claims
    for name in path.split("/"):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, bool):
        return {"true" if value else "false"}
    if isinstance(value, str):
        return set(value.split())
    return {item for item in value if isinstance(item, str)} if isinstance(value, list) else set()
