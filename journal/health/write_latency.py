"""Measures the waits of this process's writes for their outcomes, and counts timeouts."""

import threading
import time
from collections import deque
from dataclasses import dataclass

_WINDOW_S = 600.0
_MAX_WRITES = 5000


@dataclass(frozen=True, slots=True)
class WriteLatencySummary:
    """The last ten minutes; `p99` is the 99th percentile in seconds."""

    count: int = 0
    timeouts: int = 0
    p99: float = 0.0


class WriteLatency:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Time of the outcome and seconds waited.
        self._writes: deque[tuple[float, float]] = deque(maxlen=_MAX_WRITES)
        self._timeouts: deque[float] = deque(maxlen=_MAX_WRITES)

    def record(self, seconds: float) -> None:
        with self._lock:
            self._writes.append((time.monotonic(), seconds))

    def record_timeout(self) -> None:
        with self._lock:
            self._timeouts.append(time.monotonic())

    def recent(self) -> WriteLatencySummary:
        since = time.monotonic() - _WINDOW_S
        with self._lock:
            waits = sorted(seconds for end, seconds in self._writes if end >= since)
            timeouts = sum(end >= since for end in self._timeouts)
        p99 = waits[len(waits) * 99 // 100] if waits else 0.0
        return WriteLatencySummary(len(waits) + timeouts, timeouts, p99)
