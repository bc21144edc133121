"""The part of access stored on the journal: switches and role mappings."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from django.db import DatabaseError, connection

from access.configuration import AccessConfiguration, RoleSource
from access.policy import Switches
from access.principals import Principal
from journal.outcomes.outcomes import Outcomes
from registry import queries
from registry.roles import RoleType

log = logging.getLogger(__name__)

#: How long a policy is valid while this process gets no notification of changes.
_MAX_AGE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """`role_mappings` are the roles by principal; None if tokens carry the roles."""

    switches: Switches
    role_mappings: Mapping[str, frozenset[RoleType]] | None = field(default=None)

    def with_roles(self, principal: Principal) -> Principal:
        if self.role_mappings is None or principal.is_anonymous:
            return principal
        return replace(principal, roles=self.role_mappings.get(principal.name, frozenset()))


#: Before the tables could be read once: a role that a token proves is good, nothing else is.
_CLOSED = Switches(
    authentication=True, role_based_authorization=True, owner_only_authorization=True
)


class PolicyCache:
    """Reads the policy again after the journal changed or deleted something."""

    def __init__(
        self,
        configuration: AccessConfiguration,
        outcomes: Outcomes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._configuration = configuration
        self._outcomes = outcomes
        self._clock = clock
        self._lock = threading.Lock()
        self._policy: AccessPolicy | None = None
        self._revision = -1
        self._refreshed_at = 0.0

    def get(self) -> AccessPolicy | None:
        """Return the policy in force, without blocking; None if outdated, until `refresh`."""
        if self._outcomes.follower.is_following:
            is_current = self._revision == self._outcomes.activity.mutations
        else:
            is_current = self._clock() - self._refreshed_at < _MAX_AGE_SECONDS
        return self._policy if is_current else None

    def refresh(self) -> AccessPolicy:
        """Read the tables; the last policy stays in force while they can't be read."""
        with self._lock:
            policy = self.get()
            if policy is not None:
                return policy
            revision = self._outcomes.activity.mutations
            try:
                self._outcomes.follower.ensure_following()
                self._policy = self._read()
                self._revision = revision
            except DatabaseError as error:
                log.error("Who may do what can't be read: %s", error)
                connection.close()
            self._refreshed_at = self._clock()
            if self._policy is not None:
                return self._policy
        is_mapped = self._configuration.role_source is RoleSource.APPLICATION
        return AccessPolicy(_CLOSED, {} if is_mapped else None)

    def _read(self) -> AccessPolicy:
        is_set = {row.name: row.value == "true" for row in queries.config_properties()}
        switches = Switches(
            authentication=True,
            role_based_authorization=self._configuration.is_role_based,
            anonymous_read_access=is_set[queries.ANONYMOUS_READS],
            authenticated_read_access=is_set[queries.AUTHENTICATED_READS],
            owner_only_authorization=is_set[queries.OWNER_ONLY],
            limit_group_access=is_set[queries.OWNER_ONLY_GROUPS],
            basic_client_credentials=is_set[queries.CLIENT_CREDENTIALS],
        )
        if self._configuration.role_source is RoleSource.TOKEN:
            return AccessPolicy(switches)
        mappings = queries.role_mappings()
        # An earlier release stored any text as a role; one that does not exist allows nothing.
        known = [row for row in mappings if row.role in RoleType.values]
        return AccessPolicy(
            switches, {row.principal_id: frozenset({RoleType(row.role)}) for row in known}
        )
