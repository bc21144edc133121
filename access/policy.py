"""Whether somebody may do something: Apicurio's order of questions, as a pure function."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from access.principals import Principal


class Level(IntEnum):
    """What an operation needs, as Apicurio marks its own."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


class Decision(StrEnum):
    """UNAUTHENTICATED: say who you are (401). FORBIDDEN: it is known who you are (403)."""

    ALLOWED = "allowed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_THE_OWNER = "not the owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """By Apicurio's names; without `authentication` everybody may do everything."""

    authentication: bool = False
    anonymous_read_access: bool = False
    authenticated_read_access: bool = False
    role_based_authorization: bool = False
    owner_only_authorization: bool = False
    limit_group_access: bool = False
    #: No decision asks it: whether a name and a password may be an OAuth 2 client's.
    basic_client_credentials: bool = False


def decide(switches: Switches, who: Principal, level: Level) -> Decision:
    """What roles say of it; who owns what is asked by `decide_owner`."""
    if not switches.authentication or level is Level.NONE:
        return Decision.ALLOWED
    if who.is_anonymous:
        may_read = switches.anonymous_read_access and level is Level.READ
        return Decision.ALLOWED if may_read else Decision.UNAUTHENTICATED
    if who.is_overridden or (switches.authenticated_read_access and level is Level.READ):
        return Decision.ALLOWED
    if switches.role_based_authorization and not _has_role(who, level):
        return Decision.FORBIDDEN
    return Decision.ALLOWED


def decide_owner(
    switches: Switches, who: Principal, owner: str | None, *, of_group: bool
) -> Decision:
    """Of a write to an artifact, or to a group, that `owner` made; empty or None is nobody's."""
    if not switches.authentication or not switches.owner_only_authorization:
        return Decision.ALLOWED
    if of_group and not switches.limit_group_access:
        return Decision.ALLOWED
    if who.is_admin or not owner or owner == who.name:
        return Decision.ALLOWED
    return Decision.NOT_THE_OWNER


def _has_role(who: Principal, level: Level) -> bool:
    return {
        Level.READ: who.is_viewer,
        Level.WRITE: who.is_developer,
        Level.ADMIN: who.is_admin,
    }[level]
