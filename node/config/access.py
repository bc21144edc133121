"""Access settings from the environment; docs/access.md explains their interaction."""

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from access.configuration import AccessConfiguration, AdminOverride, AuthMethod, Issuer, RoleSource
from node.config.env import (
    env_bool,
    env_choice,
    env_list,
    env_number,
    env_secret,
    env_str,
    env_tokens,
)
from registry.roles import RoleType

#: No access control, wherever the node is bound.
_OPEN = "open"
_ANY_AUDIENCE = "any"


def is_declared_open() -> bool:
    """Return whether the node may answer beyond the loopback without access control."""
    return env_tokens("ANNALS_ACCESS") == (_OPEN,)


def access_configuration() -> AccessConfiguration:
    """Read the configuration; raises ImproperlyConfigured, also for a missing setting."""
    tokens = env_tokens("ANNALS_ACCESS")
    unknown = [token for token in tokens if token not in set(AuthMethod)]
    if unknown and tokens != (_OPEN,):
        raise ImproperlyConfigured(
            f"ANNALS_ACCESS: {unknown[0]!r} is none of {', '.join(AuthMethod)}, nor {_OPEN} alone"
        )
    methods = frozenset(AuthMethod(token) for token in tokens if token != _OPEN)
    users_file = env_str("ANNALS_USERS_FILE", "")
    if AuthMethod.BASIC in methods and not users_file:
        raise ImproperlyConfigured("ANNALS_ACCESS=basic needs ANNALS_USERS_FILE")
    claim, equals, value = env_str("ANNALS_ADMIN_CLAIM", "").partition("=")
    if claim and not (equals and value):
        raise ImproperlyConfigured("ANNALS_ADMIN_CLAIM is a claim and its value: org-admin=true")
    if claim and methods == {AuthMethod.BASIC}:
        raise ImproperlyConfigured(
            "ANNALS_ADMIN_CLAIM has no effect with ANNALS_ACCESS=basic: a password has no claims; "
            "ANNALS_ADMIN_USER names an admin"
        )
    return AccessConfiguration(
        methods=methods,
        users_file=Path(users_file) if AuthMethod.BASIC in methods else None,
        issuer=_issuer() if AuthMethod.OIDC in methods else None,
        role_source=RoleSource(env_choice("ANNALS_ROLES_FROM", tuple(RoleSource))),
        role_claims=env_list("ANNALS_OIDC_ROLE_CLAIMS", "groups, realm_access/roles"),
        roles={
            env_str("ANNALS_ROLE_ADMIN", "sr-admin"): RoleType.ADMIN,
            env_str("ANNALS_ROLE_DEVELOPER", "sr-developer"): RoleType.DEVELOPER,
            env_str("ANNALS_ROLE_READ_ONLY", "sr-readonly"): RoleType.READ_ONLY,
        },
        is_role_based=env_bool("ANNALS_ROLE_BASED", True),
        admin_override=AdminOverride(claim, value, env_str("ANNALS_ADMIN_USER", "")),
        session_seconds=int(env_number("ANNALS_SESSION_HOURS", 8) * 3600),
    )


def switches() -> Mapping[str, bool]:
    """Return the defaults of boolean config properties by name."""
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


def _issuer() -> Issuer:
    url = env_str("ANNALS_OIDC_ISSUER", "")
    if not url.startswith(("https://", "http://")):
        raise ImproperlyConfigured("ANNALS_ACCESS=oidc needs ANNALS_OIDC_ISSUER, an http(s) URL")
    audience = env_str("ANNALS_OIDC_AUDIENCE", "")
    if not audience:
        raise ImproperlyConfigured(
            "ANNALS_ACCESS=oidc needs ANNALS_OIDC_AUDIENCE: whom tokens must be made for; "
            f"{_ANY_AUDIENCE} takes those made for other services, too"
        )
    return Issuer(
        url=url,
        audience=None if audience == _ANY_AUDIENCE else audience,
        client_id=env_str("ANNALS_OIDC_CLIENT_ID", ""),
        client_secret=env_secret("ANNALS_OIDC_CLIENT_SECRET") or "",
        leeway_seconds=int(env_number("ANNALS_OIDC_LEEWAY", 30, least=0)),
    )
