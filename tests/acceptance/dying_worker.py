"""The journal's worker, but for one thing: it kills itself at an exact moment.

    python -m tests.acceptance.dying_worker MOMENT

In its second batch after SIGUSR1, which is in the middle of an upload. Only from inside can a
process be killed between two statements.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command

if not apps.ready:
    django.setup()

from journal.projection import ledger_rows
from journal.projection.batches import AppliedRecords, BatchApplier

#: The moments: records are on the topic, and not yet applied; rows are written, and not yet
#: committed; all is committed, and nobody was told.
MOMENTS = ("before-apply", "before-commit", "after-commit")


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class _Death:
    def __init__(self, moment: str) -> None:
        self._moment = moment
        self._left: int | None = None
        self._apply = BatchApplier.apply
        self._insert_rows = ledger_rows.insert_rows

    def arm(self, *_: object) -> None:
        self._left = 2

    def apply(
        self, batches: BatchApplier, reads: Sequence[Any], *more: Callable[[], None]
    ) -> AppliedRecords:
        if self._left is not None:
            self._left -= 1
        self._at("before-apply")
        applied = self._apply(batches, reads, *more)
        self._at("after-commit")
        return applied

    def insert_rows(self, *arguments: Any) -> None:
        self._insert_rows(*arguments)
        self._at("before-commit")

    def _at(self, moment: str) -> None:
        if moment == self._moment and self._left == 0:
            _die()


def main() -> None:
    (moment,) = sys.argv[1:]
    assert moment in MOMENTS
    death = _Death(moment)
    signal.signal(signal.SIGUSR1, death.arm)
    BatchApplier.apply = lambda *arguments: death.apply(*arguments)  # type: ignore[method-assign]
    ledger_rows.insert_rows = death.insert_rows  # type: ignore[assignment]
    call_command("journal_worker")


if __name__ == "__main__":
    main()
