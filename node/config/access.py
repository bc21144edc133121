"""Who may do what, from the environment; docs/access.md tells how these play together."""

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from access.configuration import AccessConfiguration, AdminOverride, AuthMethod, Issuer, RoleSource
from node.config.env import (
    env_bool,
    env_choice,
    env_names,
    env_number,
    env_secret,
    env_str,
    env_words,
)
from registry.roles import RoleType

#: Everybody may do everything, wherever the node is bound.
OPEN = "open"
_ANY_AUDIENCE = "any"


def is_declared_open() -> bool:
    """Whether somebody said so; else it holds on the loopback only."""
    return env_words("ANNALS_ACCESS") == (OPEN,)


def access_configuration() -> AccessConfiguration:
    """Raises ImproperlyConfigured, also where a needed setting is missing."""
    methods = _auth_methods()
    return AccessConfiguration(
        methods=methods,
        users_file=_users_file(methods),
        issuer=_issuer(methods),
        role_source=RoleSource(env_choice("ANNALS_ROLES_FROM", tuple(RoleSource))),
        role_claims=env_names("ANNALS_OIDC_ROLE_CLAIMS", "groups, realm_access/roles"),
        roles=_roles(),
        is_role_based=env_bool("ANNALS_ROLE_BASED", True),
        admin_override=_admin_override(),
        session_seconds=int(env_number("ANNALS_SESSION_HOURS", 8) * 3600),
    )


def switches() -> Mapping[str, bool]:
    """Defaults of properties that are true or false, by the property's name."""
    return {
        "registry.rest.artifact.deletion.enabled": env_bool("ANNALS_ALLOW_DELETE", False),
        "registry.auth.anonymous-read-access.enabled": env_bool("ANNALS_ANONYMOUS_READS", False),
        "registry.auth.authenticated-read-access.enabled": env_bool(
            "ANNALS_AUTHENTICATED_READS", False
        ),
        "registry.auth.basic-auth-client-credentials.enabled": env_bool(
            "ANNALS_CLIENT_CREDENTIALS", False
        ),
        "registry.auth.owner-only-authorization": env_bool("ANNALS_OWNER_ONLY", False),
        "registry.auth.owner-only-authorization.limit-group-access": env_bool(
            "ANNALS_OWNER_ONLY_GROUPS", False
        ),
    }


def _auth_methods() -> frozenset[AuthMethod]:
    words = env_words("ANNALS_ACCESS")
    if not words or words == (OPEN,):
        return frozenset()
    unknown = [each for each in words if each not in set(AuthMethod)]
    if unknown:
        raise ImproperlyConfigured(
            f"ANNALS_ACCESS: {unknown[0]!r} is none of {', '.join(AuthMethod)}, nor {OPEN} alone"
        )
    return frozenset(AuthMethod(each) for each in words)


def _users_file(methods: frozenset[AuthMethod]) -> Path | None:
    file = env_str("ANNALS_USERS_FILE", "")
    if AuthMethod.BASIC not in methods:
        return None
    if not file:
        raise ImproperlyConfigured("ANNALS_ACCESS=basic needs ANNALS_USERS_FILE")
    return Path(file)


def _issuer(methods: frozenset[AuthMethod]) -> Issuer | None:
    url = env_str("ANNALS_OIDC_ISSUER", "")
    audience = env_str("ANNALS_OIDC_AUDIENCE", "")
    client_id = env_str("ANNALS_OIDC_CLIENT_ID", "")
    client_secret = env_secret("ANNALS_OIDC_CLIENT_SECRET") or ""
    leeway = int(env_number("ANNALS_OIDC_LEEWAY", 30, least=0))
    if AuthMethod.OIDC not in methods:
        return None
    if not url.startswith(("https://", "http://")):
        raise ImproperlyConfigured("ANNALS_ACCESS=oidc needs ANNALS_OIDC_ISSUER, an http(s) URL")
    if not audience:
        raise ImproperlyConfigured(
            "ANNALS_ACCESS=oidc needs ANNALS_OIDC_AUDIENCE: whom tokens must be made for; "
            f"{_ANY_AUDIENCE} takes those made for other services, too"
        )
    return Issuer(
        url=url,
        audience=None if audience == _ANY_AUDIENCE else audience,
        client_id=client_id,
        client_secret=client_secret,
        leeway_seconds=leeway,
    )


def _roles() -> Mapping[str, RoleType]:
    return {
        env_str("ANNALS_ROLE_ADMIN", "sr-admin"): RoleType.ADMIN,
        env_str("ANNALS_ROLE_DEVELOPER", "sr-developer"): RoleType.DEVELOPER,
        env_str("ANNALS_ROLE_READ_ONLY", "sr-readonly"): RoleType.READ_ONLY,
    }


def _admin_override() -> AdminOverride:
    claim, equals, value = env_str("ANNALS_ADMIN_CLAIM", "").partition("=")
    if claim and not (equals and value):
        raise ImproperlyConfigured("ANNALS_ADMIN_CLAIM is a claim and its value: org-admin=true")
    return AdminOverride(claim, value, env_str("ANNALS_ADMIN_USER", ""))
