"""The permissions of a principal: Apicurio's order of checks, as pure functions."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from access.principals import Principal


class Level(IntEnum):
    """The level of access an operation requires, as in Apicurio."""

    NONE = 0
    READ = 1
    WRITE = 2
    ADMIN = 3


class Decision(StrEnum):
    """UNAUTHENTICATED is HTTP 401, FORBIDDEN is 403."""

    ALLOWED = "allowed"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """Apicurio's properties of access; without `authentication` everything is allowed."""

    authentication: bool = False
    anonymous_read_access: bool = False
    authenticated_read_access: bool = False
    role_based_authorization: bool = False
    owner_only_authorization: bool = False
    limit_group_access: bool = False
    #: Part of authentication, not of a decision: a name and a password may be an OAuth 2 client's.
    basic_client_credentials: bool = False


def decide(switches: Switches, principal: Principal, level: Level) -> Decision:
    """Decide by roles and switches; owners restrict writes by `is_bound_by_owners`, too."""
    if not switches.authentication or level is Level.NONE:
        return Decision.ALLOWED
    if principal.is_anonymous:
        may_read = switches.anonymous_read_access and level is Level.READ
        return Decision.ALLOWED if may_read else Decision.UNAUTHENTICATED
    if principal.is_overridden or (switches.authenticated_read_access and level is Level.READ):
        return Decision.ALLOWED
    has_role = {
        Level.READ: principal.is_viewer,
        Level.WRITE: principal.is_developer,
        Level.ADMIN: principal.is_admin,
    }
    if switches.role_based_authorization and not has_role[level]:
        return Decision.FORBIDDEN
    return Decision.ALLOWED


def is_bound_by_owners(switches: Switches, principal: Principal, *, of_group: bool) -> bool:
    """Return whether the owners of artifacts, or of groups, restrict the principal."""
    is_on = switches.authentication and switches.owner_only_authorization
    return is_on and not principal.is_admin and (not of_group or switches.limit_group_access)
