"""Whoever waits for a record's outcome, found by the record's `req`."""

import threading
import time
from collections.abc import Iterable, Sequence

from journal.outcomes.errors import NoOutcome
from journal.projection.effects import Effect


class PendingWrite:
    """The wait for the outcomes of records that were said together."""

    def __init__(self, reqs: Sequence[str]) -> None:
        self._reqs = reqs
        self._effects: dict[str, Effect] = {}
        self._failure: NoOutcome | None = None
        self._done = threading.Event()

    def resolve(self, req: str, effect: Effect) -> None:
        self._effects[req] = effect
        if len(self._effects) == len(self._reqs):
            self._done.set()

    def fail(self, failure: NoOutcome) -> None:
        self._failure = failure
        self._done.set()

    def effects(self, deadline: float) -> list[Effect]:
        """In the order of the records; raises NoOutcome at the deadline (time.monotonic)."""
        self._done.wait(max(0.0, deadline - time.monotonic()))
        if len(self._effects) == len(self._reqs):
            return [self._effects[req] for req in self._reqs]
        if self._failure is not None:
            raise self._failure
        missing = next(req for req in self._reqs if req not in self._effects)
        raise NoOutcome(missing, "The journal's worker did not report an outcome in time")


class PendingWrites:
    """Who waits for which `req` in this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, PendingWrite] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def register(self, reqs: Sequence[str]) -> PendingWrite:
        waiting = PendingWrite(reqs)
        for req in reqs:
            self._waiting[req] = waiting
        return waiting

    def reqs(self) -> list[str]:
        """All that somebody waits for at this moment."""
        return list(self._waiting)

    def discard(self, reqs: Iterable[str]) -> None:
        for req in reqs:
            self._waiting.pop(req, None)

    def resolve(self, outcomes: Iterable[tuple[str | None, Effect]]) -> None:
        """Wakes those who wait for these; call after the rows were committed."""
        if not self._waiting:
            return
        for req, effect in outcomes:
            waiting = self._waiting.pop(req, None) if req is not None else None
            if waiting is not None and req is not None:
                waiting.resolve(req, effect)


pending_writes = PendingWrites()
