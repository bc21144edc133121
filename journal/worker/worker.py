"""The worker: fetches a batch, decodes it, and applies it in one transaction with its ledger rows.

Then reports the batch: pending writes wake, pages change. No record can stop the worker; an
unforeseen error ends it loudly.
"""

import logging
import os
import sqlite3
import threading
import time
from contextlib import closing, suppress
from typing import Any

from django.db import DatabaseError, connections

from journal.database.errors import (
    DATABASE_UNAVAILABLE,
    TablesSpoilt,
    TablesUnusable,
    describe_unavailability,
    is_damage,
)
from journal.database.preparation import note_complete_tables
from journal.database.worker_lock import hold_worker_lock
from journal.database.writer import Writer
from journal.health import stored_diagnosis
from journal.health.checks.nodes import tables_apart
from journal.health.monitor import current_position
from journal.health.node_state import STOPPED_PID, node_state
from journal.kafka.errors import BrokerError, TopicMissing
from journal.outcomes.pipe import Reporter
from journal.projection.positions import OutdatedProjection, WrongTopic
from journal.projection.tally import load_tally
from journal.worker.errors import AheadOfJournal, TopicReplaced
from journal.worker.heartbeat import Heartbeat, PriorTrouble, write_heartbeat
from journal.worker.loop import ConsumeLoop
from journal.worker.startup import WorkerConfig

log = logging.getLogger(__name__)

_HEARTBEAT_INTERVAL = 1.0
#: Seconds before it looks again whether the broker is back, or the operator has decided.
_RETRY_PAUSE = 2.0
#: What an operator decides, who needs the lock for a rebuild.
_NEEDS_OPERATOR = (
    TopicMissing,
    AheadOfJournal,
    TopicReplaced,
    WrongTopic,
    OutdatedProjection,
)
#: What an operator or time ends: reads go on meanwhile, writes are rejected.
_RECOVERABLE = (BrokerError, *_NEEDS_OPERATOR)


class Worker:
    """Applies one topic to one database; `run` blocks its thread until `stop`."""

    def __init__(
        self,
        config: WorkerConfig,
        database: dict[str, Any],
        reporter: Reporter,
    ) -> None:
        self._config = config
        self._database = database
        self._reporter = reporter
        self._stop = threading.Event()
        self._logged_trouble = ""
        self._prior = PriorTrouble()
        self._needs_operator = False
        #: Set once the end offsets found at the start are reached.
        self.caught_up = threading.Event()

    def stop(self) -> None:
        """Ask `run` to return after the transaction in hand."""
        self._stop.set()

    def run(self) -> None:
        """Apply records until `stop`; raises every unforeseen error."""
        while not self._stop.is_set():
            try:
                self._run_with_database()
            except TablesSpoilt as error:
                # The next round sets the file aside and makes another one.
                self._report_trouble(f"the tables are spoilt, and derived anew: {error}")
            except (TablesUnusable, *DATABASE_UNAVAILABLE) as error:
                # Reads go on where the database can still be read; the reporter learns why.
                is_known = isinstance(error, TablesUnusable)
                reason = str(error) if is_known else describe_unavailability(error)
                self._report_trouble(f"the tables can't be written: {reason}")
                self._stop.wait(_RETRY_PAUSE)

    def _run_with_database(self) -> None:
        self._needs_operator = False
        lock = hold_worker_lock(self._database, self._stop, self._reporter.on_standby)
        with lock as writer:
            if writer is not None:
                self._reporter.worker_started()
            while writer is not None and not (self._stop.is_set() or self._needs_operator):
                self._run_until_trouble(writer)
        if self._needs_operator:
            # Without the lock, so that a rebuild can take it. Whatever fails, fails in the next
            # round, too.
            unusable = (DatabaseError, sqlite3.DatabaseError, *DATABASE_UNAVAILABLE)
            with suppress(*unusable), closing(Writer(self._database)) as writer:
                self._wait(writer)

    def _run_until_trouble(self, writer: Writer) -> None:
        def on_caught_up() -> None:
            self._logged_trouble, self._prior = "", PriorTrouble()
            note_complete_tables(self._database)
            self.caught_up.set()

        try:
            loop = ConsumeLoop(self._config, writer, self._reporter, self._prior)
            loop.run(self._stop, on_caught_up)
        except _RECOVERABLE as error:
            self._log_trouble(str(error))
            # It is a broker that is there which says that a topic is missing.
            is_broker_gone = isinstance(error, BrokerError) and not isinstance(error, TopicMissing)
            self._prior = PriorTrouble(str(error), not is_broker_gone, error.code)
            self._needs_operator = isinstance(error, _NEEDS_OPERATOR)
            if not self._needs_operator:
                self._wait(writer)
                return
            # The health monitor ended with the loop, so the finding is stored here.
            self._write_heartbeat(writer, os.getpid(), self._prior)
            finding = tables_apart(node_state())
            connections["default"].close()
            if finding is not None:
                stored_diagnosis.add_finding(writer, finding, current_position(load_tally(writer)))
        except (BrokenPipeError, TablesSpoilt, *DATABASE_UNAVAILABLE):
            # No heartbeat can be written, or another worker may have written its own by now.
            raise
        except Exception as error:
            if is_damage(error):
                raise
            reason = str(error) or repr(error)
            try:
                self._write_heartbeat(writer, STOPPED_PID, PriorTrouble(reason, False))
            except Exception:
                log.exception("The worker could not even say why it stops")
            self._reporter.trouble(reason)
            raise

    def _report_trouble(self, trouble: str) -> None:
        self._log_trouble(trouble)
        self._reporter.trouble(trouble)

    def _log_trouble(self, trouble: str) -> None:
        if trouble != self._logged_trouble:
            log.error("The journal is not applied: %s", trouble)
        self._logged_trouble = trouble

    def _wait(self, writer: Writer) -> None:
        """Wait with fresh heartbeats: the worker is alive, but can't apply anything."""
        deadline = time.monotonic() + _RETRY_PAUSE
        while True:
            self._write_heartbeat(writer, os.getpid(), self._prior)
            self._reporter.heartbeat()
            if time.monotonic() > deadline or self._stop.wait(_HEARTBEAT_INTERVAL):
                return

    def _write_heartbeat(self, writer: Writer, pid: int, trouble: PriorTrouble) -> None:
        heartbeat = Heartbeat(
            pid=pid,
            is_caught_up=False,
            is_broker_reachable=trouble.is_broker_reachable,
            offsets={},
            topic_facts=None,
            trouble=trouble.trouble,
            trouble_kind=trouble.kind,
        )
        write_heartbeat(writer, heartbeat)
