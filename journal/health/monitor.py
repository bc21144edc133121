"""The doctor's rounds: a thread that judges the tables after they changed, and from time to time.

It only reads; the worker's own thread takes the diagnosis and writes it.
"""

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, connections

from journal.health.collector import collect_node_observations
from journal.health.diagnosis import diagnose
from journal.health.findings import JournalPosition
from journal.health.stored_diagnosis import Diagnosis, carry_over_beginnings, load_diagnosis
from journal.kafka.topic_description import TopicDescription
from journal.projection.tally import Tally

log = logging.getLogger(__name__)

#: Seconds between two rounds: at least while records come in, at most when nothing happens.
_AT_LEAST = 0.3
_AT_MOST = 5.0

Facts = Callable[[], TopicDescription | None]


class HealthMonitor:
    """`facts` tells the topic's of the moment, None before the broker has told any."""

    def __init__(self, topic: str, facts: Facts) -> None:
        self._topic = topic
        self._facts = facts
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="doctor", daemon=True)
        self._ready: Diagnosis | None = None
        self._last: Diagnosis | None = None

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """The tables have changed."""
        self._wake.set()

    def take(self) -> Diagnosis | None:
        """The newest diagnosis, if its findings are others than those that were taken last."""
        ready, self._ready = self._ready, None
        return ready

    def close(self) -> None:
        """Also if it was never started; nothing is ready afterwards."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._wake.clear()
                self._look()
                self._stop.wait(_AT_LEAST)
                self._wake.wait(_AT_MOST)
        finally:
            connections["default"].close()

    def _look(self) -> None:
        connection = connections["default"]
        try:
            before = self._last or load_diagnosis(connection)
            seen = collect_node_observations(connection, self._topic, self._facts())
        except DatabaseError as error:
            log.warning("The journal can't be judged: %s", error)
            connection.close()
            return
        diagnosis = carry_over_beginnings(before, diagnose(seen), current_position(seen.tally))
        if self._last is None or diagnosis.findings != before.findings:
            self._ready = diagnosis
        self._last = diagnosis


def current_position(tally: Tally) -> JournalPosition:
    """Where the journal stands at this moment."""
    ends = [each.last for each in tally.partitions.values()]
    last = max(ends, key=lambda mark: mark.timestamp, default=None)
    at = int(time.time() * 1000)
    return JournalPosition(last.partition if last else 0, last.offset if last else 0, at)
