"""What the journal says of access: switches that were set, and role mappings."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from django.db import DatabaseError, connection

from access.configuration import Configuration, RoleSource
from access.policy import Switches
from access.principals import Principal
from journal.outcomes.activity import activity
from journal.outcomes.follower import ensure_following, is_following
from registry import queries
from registry.roles import RoleType

log = logging.getLogger(__name__)

#: Seconds for which it counts while nobody tells us of changes.
_LASTS_UNHEARD = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """`mapped` are the roles by principal, None where tokens have them."""

    switches: Switches
    mapped: Mapping[str, frozenset[RoleType]] | None = field(default=None)

    def with_roles(self, principal: Principal) -> Principal:
        if self.mapped is None or principal.is_anonymous:
            return principal
        return replace(principal, roles=self.mapped.get(principal.name, frozenset()))


#: While nothing can be read, and nothing was: who proves a role in a token may act on it.
_CLOSED = Switches(
    authentication=True, role_based_authorization=True, owner_only_authorization=True
)


class Standings:
    """Read anew when the journal changed something that was there."""

    def __init__(
        self, configuration: Configuration, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._configuration = configuration
        self._clock = clock
        self._lock = threading.Lock()
        self._found: Standing | None = None
        self._revision = -1
        self._looked_at = 0.0

    def known(self) -> Standing | None:
        """None where it must be looked up."""
        is_told = is_following() and self._revision == activity.mutations
        if is_told or (self._clock() - self._looked_at < _LASTS_UNHEARD and not is_following()):
            return self._found
        return None

    def look(self) -> Standing:
        """Reads the tables; what was found last counts while they can't be read."""
        with self._lock:
            found = self.known()
            if found is not None:
                return found
            revision = activity.mutations
            try:
                ensure_following()
                self._found = self._read()
                self._revision = revision
            except DatabaseError as error:
                log.error("Who may do what can't be read: %s", error)
                connection.close()
            self._looked_at = self._clock()
            return self._found or self._unread()

    def _read(self) -> Standing:
        said = {each.name: each.value == "true" for each in queries.config_properties()}
        switches = Switches(
            authentication=True,
            role_based_authorization=self._configuration.is_role_based,
            anonymous_read_access=said[queries.ANONYMOUS_READS],
            authenticated_read_access=said[queries.AUTHENTICATED_READS],
            owner_only_authorization=said[queries.OWNER_ONLY],
            limit_group_access=said[queries.OWNER_ONLY_GROUPS],
            basic_client_credentials=said[queries.CLIENT_CREDENTIALS],
        )
        if self._configuration.role_source is RoleSource.TOKEN:
            return Standing(switches)
        mapped = {
            each.principal_id: frozenset({RoleType(each.role)}) for each in queries.role_mappings()
        }
        return Standing(switches, mapped)

    def _unread(self) -> Standing:
        is_mapped = self._configuration.role_source is RoleSource.APPLICATION
        return Standing(_CLOSED, {} if is_mapped else None)
