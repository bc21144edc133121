"""One request's asking: who, under which switches, and whether that is allowed."""

from collections.abc import Callable
from dataclasses import dataclass

from access.policy import Decision, Level, Switches, decide, decide_owner
from access.principals import ANONYMOUS, Principal

_ROLES = {Level.READ: "READ_ONLY", Level.WRITE: "DEVELOPER", Level.ADMIN: "ADMIN"}


_ALL_OFF = Switches()


class AccessRefused(Exception):
    """The text says what is missing; where nobody proved who asks, HTTP 401, and else 403."""

    def __init__(self, text: str, *, is_unknown: bool) -> None:
        super().__init__(text)
        self.is_unknown = is_unknown


class WhoIsUnclear(Exception):
    """Who asks can't be found out at present (HTTP 503)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """`fault` tells what was wrong with the proof that came, `unclear` what kept us from asking."""

    principal: Principal = ANONYMOUS
    switches: Switches = _ALL_OFF
    fault: str = ""
    unclear: str = ""

    @property
    def name(self) -> str:
        return self.principal.name

    def may(self, level: Level) -> bool:
        """Whether roles allow it; a proof that is wrong allows nothing."""
        return self._decision(level) is Decision.ALLOWED and not self._is_faulty(level)

    def require(self, level: Level) -> None:
        """Raises AccessRefused, WhoIsUnclear."""
        if self._is_faulty(level):
            if self.unclear:
                raise WhoIsUnclear(self.unclear)
            raise AccessRefused(self.fault, is_unknown=True)
        decision = self._decision(level)
        if decision is Decision.UNAUTHENTICATED:
            raise AccessRefused("Say who you are: this needs a login.", is_unknown=True)
        if decision is Decision.FORBIDDEN:
            text = f"{self.name} may not do this: it needs the role {_ROLES[level]}."
            raise AccessRefused(text, is_unknown=False)

    def require_owner(self, owner: Callable[[], str | None], *, of_group: bool = False) -> None:
        """`owner` is asked only where it matters; raises AccessRefused."""
        if not self.minds_owners(of_group=of_group):
            return
        name = owner()
        if decide_owner(self.switches, self.principal, name, of_group=of_group) is (
            Decision.NOT_THE_OWNER
        ):
            raise AccessRefused(
                f"This belongs to {name}: only its owner or an admin may change it.",
                is_unknown=False,
            )

    def minds_owners(self, *, of_group: bool) -> bool:
        """Whether it depends on the owner what this one may change."""
        nobodys = decide_owner(self.switches, self.principal, "\0", of_group=of_group)
        return nobodys is Decision.NOT_THE_OWNER

    def _is_faulty(self, level: Level) -> bool:
        is_needed = self.switches.authentication and level is not Level.NONE
        return is_needed and bool(self.fault or self.unclear)

    def _decision(self, level: Level) -> Decision:
        return decide(self.switches, self.principal, level)


#: Where access is off.
EVERYBODY = Asking()
#: Where access is on and nobody found out who asks.
UNASKED = Asking(switches=Switches(authentication=True, role_based_authorization=True))
