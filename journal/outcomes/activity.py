"""Tells whoever shows live pages that new ledger rows are committed."""

import threading
import time
from collections.abc import Callable


class Activity:
    """Callbacks run in the thread that announces: they must be quick and must not raise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: tuple[Callable[[], None], ...] = ()
        #: Grow with every commit that changed what a reader may see: `revision` with any of them,
        #: `mutations` with those that touched something which was there before.
        self.revision = 0
        self.mutations = 0
        #: What a worker's process tells when it can't say so in its table; empty when well.
        self.trouble = ""
        #: time.monotonic() of a worker's last word here; None if none ever told any.
        self.heartbeat_at: float | None = None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Returns the function that ends the subscription."""
        with self._lock:
            self._callbacks = (*self._callbacks, callback)
        return lambda: self._unsubscribe(callback)

    def _unsubscribe(self, callback: Callable[[], None]) -> None:
        with self._lock:
            self._callbacks = tuple(each for each in self._callbacks if each is not callback)

    def notify_rows(self, is_mutation: bool) -> None:
        """Rows were committed; call it before whoever waits for one of them is answered."""
        self.revision += 1
        self.mutations += is_mutation
        self.notify()

    def notify_heartbeat(self, trouble: str = "") -> None:
        """The worker lives; it has said its word in its table, or tells here why it can't."""
        self.trouble = trouble
        self.heartbeat_at = time.monotonic()
        self.notify()

    def notify(self) -> None:
        """There is something new to show, be it only the worker's word."""
        for callback in self._callbacks:
            callback()


activity = Activity()
