"""Writes of this process awaiting their outcomes, by the `req` of each record."""

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress

from journal.outcomes.errors import NoOutcome
from journal.projection.effects import Effect
from registry.waiting import wait_for


class PendingWrite:
    """Records published together, and their effects so far."""

    def __init__(self, reqs: Sequence[str]) -> None:
        self._reqs = reqs
        self._effects: dict[str, Effect] = {}
        self._failure: NoOutcome | None = None
        self._done: Future[None] = Future()

    def resolve(self, req: str, effect: Effect) -> None:
        self._effects[req] = effect
        if len(self._effects) == len(self._reqs):
            self._end()

    def fail(self, failure: NoOutcome) -> None:
        self._failure = failure
        self._end()

    def wait(self, deadline: float) -> list[Effect]:
        """Return the effects in the order of the records.

        Raises NoOutcome at the deadline (time.monotonic), or if one of the records failed.
        """
        wait_for(self._done, deadline - time.monotonic())
        if len(self._effects) == len(self._reqs):
            return [self._effects[req] for req in self._reqs]
        if self._failure is not None:
            raise self._failure
        missing = next(req for req in self._reqs if req not in self._effects)
        raise NoOutcome(missing, "The journal's worker did not report an outcome in time")

    def _end(self) -> None:
        # Each of the records may fail.
        with suppress(InvalidStateError):
            self._done.set_result(None)


class PendingWrites:
    """The pending writes of this process."""

    def __init__(self) -> None:
        self._writes: dict[str, PendingWrite] = {}

    def __len__(self) -> int:
        return len(self._writes)

    def register(self, reqs: Sequence[str]) -> PendingWrite:
        """Add a pending write; call it before its first record is published."""
        write = PendingWrite(reqs)
        for req in reqs:
            self._writes[req] = write
        return write

    def reqs(self) -> list[str]:
        """Return the request ids of all records without an outcome."""
        return list(self._writes)

    def discard(self, reqs: Iterable[str]) -> None:
        for req in reqs:
            self._writes.pop(req, None)

    def resolve(self, outcomes: Iterable[tuple[str | None, Effect]]) -> None:
        """Wake the writes waiting for these outcomes; call it after the commit of the rows."""
        if not self._writes:
            return
        for req, effect in outcomes:
            write = self._writes.pop(req, None) if req is not None else None
            if write is not None and req is not None:
                write.resolve(req, effect)
