"""Outcomes: what applying a record came to, and the wait of whoever said it.

A waiter is registered under the record's `req` before the record is said; whatever applies
records in this process, or follows the ledger of the process that does, resolves it.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from journal.models import Outcome

#: Begins the remark on a drawn id that must not be used.
IN_USE = "already in use"
#: Ends the reason why a version was not imported: nobody said its content.
CONTENT_UNKNOWN = "is unknown"
#: Begins the remark on an update of a content whose bytes nothing on the journal tells.
BYTES_MISSING = "its bytes are missing"
#: Begins the remark on a new version whose global id another one has.
ID_TAKEN = "its id is taken"


@dataclass(slots=True)
class Effect:
    """What a record did to the tables; `result` is the id that a sequence record drew.

    `content_id` is of the content that a version was made with: its record names a hash alone.
    """

    outcome: Outcome = Outcome.APPLIED
    error: str = ""
    reason: str = ""
    remark: str = ""
    result: int | None = None
    content_id: int | None = None

    @property
    def is_in_use(self) -> bool:
        """Whether a sequence drew an id that something uses already (the seed's damage)."""
        return self.remark.startswith(IN_USE)


#: The ordinary effect, one for all: replay has no time to make it anew.
APPLIED = Effect()


class NoOutcome(Exception):
    """No outcome came in time, or the broker did not take the record: said or not, unknown.

    `req` is the id to look for in the ledger.
    """

    def __init__(self, req: str, why: str) -> None:
        self.req = req
        self.why = why
        super().__init__(f"{why} (request id {req})")


class RecordTooLarge(NoOutcome):
    """The broker takes no record of that size: it was not said, and never will be."""

    def __init__(self, req: str, why: str) -> None:
        self.req = req
        self.why = why
        told = f"The content is too large for the journal's topic or its broker: {why}."
        Exception.__init__(self, f"{told} Their max.message.bytes decides.")


class NotReady(NoOutcome):
    """Nothing was said: this node does not know the whole journal yet, or can't apply it.

    `is_passing` where it will know in a moment.
    """

    def __init__(self, why: str, is_passing: bool = False) -> None:
        self.req = ""
        self.why = why
        self.is_passing = is_passing
        Exception.__init__(self, f"Nothing was written: {why}. Try again.")


class Waiting:
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


class Waiters:
    """Who waits for which `req` in this process."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def register(self, reqs: Sequence[str]) -> Waiting:
        waiting = Waiting(reqs)
        for req in reqs:
            self._waiting[req] = waiting
        return waiting

    def reqs(self) -> list[str]:
        """All that somebody waits for at this moment."""
        return list(self._waiting)

    def forget(self, reqs: Iterable[str]) -> None:
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


waiters = Waiters()
