"""The caller of a request: its principal, the switches in force, and its permissions."""

from dataclasses import dataclass

from access.policy import Decision, Level, Switches, decide, is_bound_by_owners
from access.principals import ANONYMOUS, Principal

_ROLES = {Level.READ: "READ_ONLY", Level.WRITE: "DEVELOPER", Level.ADMIN: "ADMIN"}
_ALL_OFF = Switches()


class AccessDenied(Exception):
    """Access is denied; HTTP 401 for an unauthenticated caller, else 403."""

    def __init__(self, text: str, *, is_unauthenticated: bool) -> None:
        super().__init__(text)
        self.is_unauthenticated = is_unauthenticated


class IdentityUnavailable(Exception):
    """The caller can't be authenticated at present (HTTP 503)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of a request with the switches in force.

    `credentials_error` is the reason for rejected credentials, `issuer_error` the reason for
    unchecked ones; both are empty otherwise.

    `has_session`: proven by a cookie, which a browser sends for the pages of any site.
    """

    principal: Principal = ANONYMOUS
    switches: Switches = _ALL_OFF
    credentials_error: str = ""
    issuer_error: str = ""
    has_session: bool = False

    @property
    def name(self) -> str:
        return self.principal.name

    def may(self, level: Level) -> bool:
        """Return whether roles allow `level`; wrong credentials allow nothing."""
        is_allowed = decide(self.switches, self.principal, level) is Decision.ALLOWED
        return is_allowed and not self._lacks_proof(level)

    def require(self, level: Level) -> None:
        """Raise AccessDenied or IdentityUnavailable unless `level` is allowed."""
        if self._lacks_proof(level):
            if self.issuer_error:
                raise IdentityUnavailable(self.issuer_error)
            raise AccessDenied(self.credentials_error, is_unauthenticated=True)
        decision = decide(self.switches, self.principal, level)
        if decision is Decision.UNAUTHENTICATED:
            raise AccessDenied("Say who you are: this needs a login.", is_unauthenticated=True)
        if decision is Decision.FORBIDDEN:
            text = f"{self.name} may not do this: it needs the role {_ROLES[level]}."
            raise AccessDenied(text, is_unauthenticated=False)

    def require_no_session(self) -> None:
        """Raise AccessDenied if a session's cookie is the only proof."""
        if self.has_session:
            message = "This writes a record, and needs an Authorization header, not a session."
            raise AccessDenied(message, is_unauthenticated=True)

    def is_bound_by_owners(self, *, of_group: bool) -> bool:
        """Return whether owners of artifacts, or of groups, restrict the writes of this caller."""
        return is_bound_by_owners(self.switches, self.principal, of_group=of_group)

    def _lacks_proof(self, level: Level) -> bool:
        is_needed = self.switches.authentication and level is not Level.NONE
        return is_needed and bool(self.credentials_error or self.issuer_error)


#: Every caller where access is off.
UNRESTRICTED = Caller()
#: A caller that passed no authentication although access is on.
UNIDENTIFIED = Caller(switches=Switches(authentication=True, role_based_authorization=True))
