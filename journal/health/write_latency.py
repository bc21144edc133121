"""How long this process waited for its own records lately, and how often in vain."""

import threading
import time
from collections import deque
from dataclasses import dataclass

#: Seconds that a wait is remembered, and so many of them.
_REMEMBERED = 600.0
_AT_MOST = 5000


@dataclass(frozen=True, slots=True)
class WriteLatencySummary:
    """Of the last ten minutes; `slowest_of_a_hundred` is the 99th percentile, in seconds."""

    count: int = 0
    in_vain: int = 0
    slowest_of_a_hundred: float = 0.0


class WriteLatency:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waits: deque[tuple[float, float]] = deque(maxlen=_AT_MOST)
        self._in_vain: deque[float] = deque(maxlen=_AT_MOST)

    def waited(self, seconds: float) -> None:
        with self._lock:
            self._waits.append((time.monotonic(), seconds))

    def waited_in_vain(self) -> None:
        with self._lock:
            self._in_vain.append(time.monotonic())

    def lately(self) -> WriteLatencySummary:
        since = time.monotonic() - _REMEMBERED
        with self._lock:
            took = sorted(seconds for at, seconds in self._waits if at >= since)
            in_vain = sum(at >= since for at in self._in_vain)
        slowest = took[len(took) * 99 // 100] if took else 0.0
        return WriteLatencySummary(len(took) + in_vain, in_vain, slowest)


write_latency = WriteLatency()
