"""An operator's settings of access: methods of authentication, and the mapping to roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from registry.roles import RoleType


class AuthMethod(StrEnum):
    BASIC = "basic"
    OIDC = "oidc"


class RoleSource(StrEnum):
    """The source of roles: the token or users file, or role mappings on the journal."""

    TOKEN = "token"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An OpenID Connect issuer; an `audience` of None accepts tokens made for any service."""

    url: str
    audience: str | None
    client_id: str = ""
    client_secret: str = ""
    leeway_seconds: int = 30


@dataclass(frozen=True, slots=True)
class AdminOverride:
    """Makes an admin by a claim's value or by name, regardless of role mappings."""

    claim: str = ""
    value: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessConfiguration:
    """`role_claims` are paths with slashes; `roles` maps the values of these claims to roles."""

    methods: frozenset[AuthMethod] = frozenset()
    users_file: Path | None = None
    issuer: Issuer | None = None
    role_source: RoleSource = RoleSource.TOKEN
    role_claims: tuple[str, ...] = ()
    roles: Mapping[str, RoleType] = field(default_factory=dict)
    is_role_based: bool = True
    admin_override: AdminOverride = AdminOverride()
    session_seconds: int = 8 * 3600

    @property
    def login_issuer(self) -> Issuer | None:
        """Return the issuer for signing in on the pages; None without one."""
        return self.issuer if self.issuer is not None and self.issuer.client_id else None

    @property
    def is_on(self) -> bool:
        return bool(self.methods)
