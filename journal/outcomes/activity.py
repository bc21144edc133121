"""Notifies live pages and caches in this process of new ledger rows and heartbeats."""

import threading
import time
from collections.abc import Callable


class Activity:
    """Callbacks run in the notifying thread: they must be quick and must not raise."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: tuple[Callable[[], None], ...] = ()
        #: Grow with every commit that changed what a reader may see: `revision` with any of them,
        #: `mutations` with those that touched something which was there before.
        self.revision = 0
        self.mutations = 0
        #: Reported by a worker that can't write its heartbeat; empty when well.
        self.trouble = ""
        #: time.monotonic() of the last heartbeat in this process; None before the first.
        self.heartbeat_at: float | None = None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Add a callback; returns a function for its removal."""
        with self._lock:
            self._callbacks = (*self._callbacks, callback)

        def unsubscribe() -> None:
            with self._lock:
                self._callbacks = tuple(item for item in self._callbacks if item is not callback)

        return unsubscribe

    def notify_rows(self, is_mutation: bool) -> None:
        """Report committed rows; call it before the waiting writers are answered."""
        self.revision += 1
        self.mutations += is_mutation
        self.notify()

    def notify_heartbeat(self, trouble: str = "") -> None:
        """Report a written heartbeat, or the `trouble` with writing it."""
        self.trouble = trouble
        self.heartbeat_at = time.monotonic()
        self.notify()

    def notify(self) -> None:
        """Run the callbacks, for changes on pages and in caches."""
        for callback in self._callbacks:
            callback()
