"""The journal's worker: fetch a batch, decode, apply, ledger and position, in one transaction.

Then tell the news: waiters wake, pages change. Nothing on the topic can stop it; what it does
not foresee ends it loudly.
"""

import logging
import os
import threading
import time
from typing import Any

from django.db import connections

from journal.database.worker_lock import DATABASE_UNAVAILABLE, hold_worker_lock
from journal.database.writer import Writer
from journal.health import stored_diagnosis
from journal.health.checks.nodes import ahead_of_journal
from journal.health.monitor import current_position
from journal.health.node_state import STOPPED_PID, node_state
from journal.kafka.errors import BrokerError, TopicMissing
from journal.outcomes.pipe import InProcessReporter, Reporter
from journal.projection.positions import OutdatedProjection, WrongTopic
from journal.projection.tally import load_tally
from journal.worker import heartbeat
from journal.worker.loop import AheadOfJournal, ConsumeLoop, PriorTrouble, TopicReplaced
from journal.worker.startup import WorkerConfig

__all__ = ["AheadOfJournal", "TopicReplaced", "Worker"]

log = logging.getLogger(__name__)

_WORD_EVERY = 1.0
#: Seconds before it looks again whether the broker is back, or the operator has decided.
_PAUSE = 2.0
#: What an operator decides, who needs the claim for a rebuild.
_UNDECIDED = (
    TopicMissing,
    AheadOfJournal,
    TopicReplaced,
    WrongTopic,
    OutdatedProjection,
)
#: What ends so, or by itself: reads go on meanwhile, writes are refused.
_PASSING = (BrokerError, *_UNDECIDED)


class Worker:
    """Applies one topic to one database; `run` belongs to the thread that calls it."""

    def __init__(
        self,
        config: WorkerConfig,
        database: dict[str, Any],
        reporter: Reporter | None = None,
    ) -> None:
        self._config = config
        self._database = database
        self._reporter = reporter or InProcessReporter()
        self._stop = threading.Event()
        self._trouble = ""
        self._before = PriorTrouble()
        self._is_undecided = False
        #: Set once the end offsets found at the start are reached.
        self.caught_up = threading.Event()

    def stop(self) -> None:
        """The transaction in hand is finished."""
        self._stop.set()

    def run(self) -> None:
        """Returns after `stop`; raises whatever it does not foresee."""
        while not self._stop.is_set():
            try:
                self._run_with_database()
            except DATABASE_UNAVAILABLE as error:
                self._wait_for_database(error)

    def _run_with_database(self) -> None:
        writer = Writer(self._database)
        try:
            while not self._stop.is_set():
                self._run_with_claim(writer)
                if self._is_undecided:
                    self._wait(writer)
        finally:
            writer.close()

    def _run_with_claim(self, writer: Writer) -> None:
        """Until `stop`, or until an operator has to decide."""
        self._is_undecided = False
        with hold_worker_lock(
            writer, self._database, self._stop, self._reporter.on_standby
        ) as is_mine:
            if is_mine:
                self._reporter.worker_started()
            while is_mine and not (self._stop.is_set() or self._is_undecided):
                self._run_until_trouble(writer)

    def _run_until_trouble(self, writer: Writer) -> None:
        try:
            self._run_once(writer)
        except _PASSING as error:
            self._note(str(error))
            # A topic that is gone is known to be so by a broker that is there.
            is_broker_gone = isinstance(error, BrokerError) and not isinstance(error, TopicMissing)
            self._before = PriorTrouble(str(error), not is_broker_gone, type(error).__name__)
            self._is_undecided = isinstance(error, _UNDECIDED)
            if self._is_undecided:
                self._keep_finding(writer)
            else:
                self._wait(writer)
        except (BrokenPipeError, *DATABASE_UNAVAILABLE):
            # Whoever listened has gone, and another worker may have said its word by now; or
            # no word can be said.
            raise
        except Exception as error:
            self._say_last_word(writer, str(error) or repr(error))
            raise

    def _keep_finding(self, writer: Writer) -> None:
        """Who makes the rounds has ended with the run, and would have told when it began."""
        self._say(writer, os.getpid(), self._before)
        finding = ahead_of_journal(node_state())
        connections["default"].close()
        if finding is not None:
            stored_diagnosis.add_finding(writer, finding, current_position(load_tally(writer)))

    def _run_once(self, writer: Writer) -> None:
        run = ConsumeLoop(self._config, writer, self._reporter, self._before)
        run.run(self._stop, self._caught_up)

    def _note(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.error("The journal is not applied: %s", trouble)
        self._trouble = trouble

    def _wait_for_database(self, error: Exception) -> None:
        """Reads go on where the database can still be read; whoever listens hears why."""
        reason = str(error).strip() or repr(error)
        self._note(f"the tables can't be written: {reason}")
        self._reporter.trouble(self._trouble)
        self._stop.wait(_PAUSE)

    def _caught_up(self) -> None:
        self._trouble, self._before = "", PriorTrouble()
        self.caught_up.set()

    def _wait(self, writer: Writer) -> None:
        """Keeps its word fresh: the worker is alive, though it can't apply anything."""
        until = time.monotonic() + _PAUSE
        while True:
            self._say(writer, os.getpid(), self._before)
            self._reporter.heartbeat()
            if time.monotonic() > until or self._stop.wait(_WORD_EVERY):
                return

    def _say_last_word(self, writer: Writer, trouble: str) -> None:
        try:
            self._say(writer, STOPPED_PID, PriorTrouble(trouble, is_broker_reachable=False))
        except Exception:
            log.exception("The worker could not even say why it stops")
        self._reporter.trouble(trouble)

    def _say(self, writer: Writer, pid: int, now: PriorTrouble) -> None:
        word = heartbeat.Heartbeat(
            pid=pid,
            is_caught_up=False,
            is_broker_reachable=now.is_broker_reachable,
            offsets={},
            topic_facts=None,
            trouble=now.trouble,
            trouble_kind=now.kind,
        )
        heartbeat.write_heartbeat(writer, word)
