"""Outcomes of applied records, for the writes and pages of a process."""

import logging

from django.db import DatabaseError, connection

from journal.ledger.rows import find_effects
from journal.outcomes.activity import Activity
from journal.outcomes.follower import LedgerFollower
from journal.outcomes.pending_writes import PendingWrites

log = logging.getLogger(__name__)


class Outcomes:
    """The pending writes and notifications of a process.

    Reports come from a worker on a thread of this process, from a worker on a pipe, or from the
    ledger.
    """

    def __init__(self) -> None:
        self.activity = Activity()
        self.pending_writes = PendingWrites()
        self.follower = LedgerFollower(self.activity, self.pending_writes)

    def switch_to_ledger(self) -> None:
        """Follow the ledger: the worker on the pipe has ended, or stands by for another one."""
        if self.follower.switch_to_ledger():
            # Nothing reported what was committed before the ledger was followed.
            self.resync()

    def resync(self) -> None:
        """Look up all outcomes: unreported commits may have changed anything."""
        self.activity.notify_rows(is_mutation=True)
        try:
            self.pending_writes.resolve(find_effects(self.pending_writes.reqs()))
        except DatabaseError as error:
            log.error("The ledger can't be read: %s", error)
        finally:
            connection.close()
