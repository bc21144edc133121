"""Failed logins by network and by name, and how long the answer to the next one is held back."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from access.errors import AuthenticationFailed

#: Failures that cost nothing: people mistype.
_FREE = 5
_FIRST_DELAY_S = 0.25
_MAX_DELAY_S = 5.0
#: The exponent that reaches it, since 2.0 ** 5000 is an error.
_MAX_DOUBLINGS = 5
#: The longest that an answer waits for those before it: many proxies give up after a minute.
_MAX_WAIT_S = 55.0
#: Seconds without a failure after which those before are forgotten.
_FORGET_S = 900.0
_MAX_KEYS = 10_000


@dataclass(slots=True)
class _Tally:
    count: int = 0
    failed_at: float = 0.0
    #: When the answer to the last failure is sent.
    answered_at: float = 0.0


class Failures:
    """Counts failures of names and of networks; used by several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        #: By network or digest of a name; the one that failed last is the last.
        self._tallies: OrderedDict[bytes | str, _Tally] = OrderedDict()

    def count(self, key: bytes | str) -> int:
        tally = self._tallies.get(key)
        if tally is None or self._clock() - tally.failed_at >= _FORGET_S:
            return 0
        return tally.count

    @contextmanager
    def counting(self, name: bytes, network: str) -> Iterator[None]:
        """Count an AuthenticationFailed raised within, and set its delay; else forget the name's.

        `name` is a digest, so that all names are of one size.
        """
        try:
            yield
        except AuthenticationFailed as error:
            error.delay_s = self._record(name, network)
            raise
        with self._lock:
            self._tallies.pop(name, None)

    def _record(self, name: bytes, network: str) -> float:
        """Count a failure; returns the delay of its answer, in seconds."""
        with self._lock:
            of_name, of_network = self._add(name), self._add(network)
            while len(self._tallies) > _MAX_KEYS:
                self._tallies.popitem(last=False)
            doublings = max(of_name.count, of_network.count) - _FREE - 1
            if doublings < 0:
                return 0.0
            delay_s = min(_FIRST_DELAY_S * 2.0 ** min(doublings, _MAX_DOUBLINGS), _MAX_DELAY_S)
            # One after another, so that many connections at once do not try more than one does.
            now = self._clock()
            answered_at = max(of_network.answered_at, now) + delay_s
            of_network.answered_at = min(answered_at, now + _MAX_WAIT_S)
            return of_network.answered_at - now

    def _add(self, key: bytes | str) -> _Tally:
        count = self.count(key) + 1
        tally = self._tallies.setdefault(key, _Tally())
        tally.count, tally.failed_at = count, self._clock()
        self._tallies.move_to_end(key)
        return tally
