"""What an operator sets of access: how people prove who they are, and what their roles are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from registry.roles import RoleType


class Way(StrEnum):
    """How somebody may prove who they are."""

    BASIC = "basic"
    OIDC = "oidc"


class RoleSource(StrEnum):
    """Where roles are kept: with who proves a name, or in role mappings on the journal."""

    TOKEN = "token"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """An OpenID Connect issuer by its URL; an audience of None is not asked for."""

    url: str
    audience: str | None
    client_id: str = ""
    client_secret: str = ""
    leeway_seconds: int = 30


@dataclass(frozen=True, slots=True)
class AdminOverride:
    """Who is an admin whatever role mappings say: who has that claim, or is called like that."""

    claim: str = ""
    value: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """`role_claims` are paths, parted by slashes; `roles` are their values' meanings."""

    ways: frozenset[Way] = frozenset()
    users_file: Path | None = None
    issuer: Issuer | None = None
    role_source: RoleSource = RoleSource.TOKEN
    role_claims: tuple[str, ...] = ()
    roles: Mapping[str, RoleType] = field(default_factory=dict)
    is_role_based: bool = True
    admin_override: AdminOverride = AdminOverride()
    session_seconds: int = 8 * 3600

    @property
    def login(self) -> Issuer | None:
        """The issuer, if people can sign in there on the pages."""
        return self.issuer if self.issuer is not None and self.issuer.client_id else None

    @property
    def is_on(self) -> bool:
        return bool(self.ways)
