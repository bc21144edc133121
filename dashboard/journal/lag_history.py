"""The node's lag and progress over the last hour, sampled every five seconds."""

import threading
import time
from collections import deque
from dataclasses import dataclass

from django.db import DatabaseError, connection

from journal.health.node_health import NodeHealth

INTERVAL_S = 5.0
#: An hour of samples.
_MAX_SAMPLES = 720


@dataclass(frozen=True, slots=True)
class LagSample:
    """Unapplied and applied offsets at a time in epoch ms."""

    time: int
    lag: int
    applied: int


class LagHistory:
    """Samples since the start of this process."""

    def __init__(self, health: NodeHealth) -> None:
        self._health = health
        self._samples: deque[LagSample] = deque(maxlen=_MAX_SAMPLES)

    def sample(self) -> None:
        state = self._health.state()
        self._samples.append(LagSample(int(time.time() * 1000), state.lag, state.applied))

    def samples(self) -> tuple[LagSample, ...]:
        """Return the samples, oldest first."""
        return tuple(self._samples)

    def start(self) -> None:
        """Sample on a thread for the life of the process."""

        def run() -> None:
            while True:
                # A database that is away, or has no tables yet, leaves a gap in time.
                try:
                    self.sample()
                except DatabaseError:
                    connection.close()
                time.sleep(INTERVAL_S)

        threading.Thread(target=run, name="lag-history", daemon=True).start()
