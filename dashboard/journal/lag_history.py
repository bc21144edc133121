"""How far this node was behind lately, and how fast it applied: looked at every five seconds."""

import threading
import time
from collections import deque
from dataclasses import dataclass

from django.db import DatabaseError, connection

from journal.health.node_state import node_state

EVERY_S = 5.0
#: An hour of looks.
_KEPT = 720


@dataclass(frozen=True, slots=True)
class Look:
    """At `at`, epoch ms: offsets not yet applied, and those that are."""

    at: int
    lag: int
    applied: int


class LagHistory:
    """Kept in this process, from its start on."""

    def __init__(self) -> None:
        self._looks: deque[Look] = deque(maxlen=_KEPT)

    def look(self) -> None:
        state = node_state()
        self._looks.append(Look(int(time.time() * 1000), state.lag, state.applied))

    def looks(self) -> tuple[Look, ...]:
        """Oldest first."""
        return tuple(self._looks)

    def follow(self) -> None:
        """From a thread of its own, as long as the process lives."""
        threading.Thread(target=self._follow, name="lag-history", daemon=True).start()

    def _follow(self) -> None:
        while True:
            # A database that is away, or has no tables yet, leaves a gap in time.
            try:
                self.look()
            except DatabaseError:
                connection.close()
            time.sleep(EVERY_S)


lag_history = LagHistory()
