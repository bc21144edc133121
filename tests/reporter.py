"""Reports the events of a worker to the same process."""

from journal.outcomes.outcomes import Outcomes
from journal.outcomes.pipe import has_mutation
from journal.projection.batches import AppliedRecords


class InProcessReporter:
    """For a worker on a thread of the test, beside the pending writes."""

    def __init__(self, outcomes: Outcomes) -> None:
        self._outcomes = outcomes

    def worker_started(self) -> None:
        self._outcomes.resync()

    def on_standby(self) -> None:
        self._outcomes.switch_to_ledger()

    def applied(self, batch: AppliedRecords) -> None:
        self._outcomes.activity.notify_rows(has_mutation(batch))
        self._outcomes.pending_writes.resolve((record.req, effect) for record, effect in batch)

    def heartbeat(self) -> None:
        self._outcomes.activity.notify_heartbeat()

    def trouble(self, reason: str) -> None:
        self._outcomes.activity.notify_heartbeat(reason)

    def progress(self, applied: int, end: int) -> None:
        pass
