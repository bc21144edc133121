"""The health monitor: a thread for diagnoses after changes of the tables, and periodically.

It only reads; the worker's own thread stores the diagnosis.
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

#: Seconds between two diagnoses while records are applied, and while none are.
_MIN_INTERVAL_S = 0.3
_MAX_INTERVAL_S = 5.0


class HealthMonitor:
    """`describe_topic` returns None before the broker has described the topic."""

    def __init__(self, topic: str, describe_topic: Callable[[], TopicDescription | None]) -> None:
        self._topic = topic
        self._describe_topic = describe_topic
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="health-monitor", daemon=True)
        self._changed: Diagnosis | None = None
        self._last: Diagnosis | None = None

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Make a diagnosis soon: the tables have changed."""
        self._wake.set()

    def take_changed(self) -> Diagnosis | None:
        """Return the newest diagnosis, once, if its findings changed."""
        changed, self._changed = self._changed, None
        return changed

    def close(self) -> None:
        """Stop the thread, if it was started."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        connection = connections["default"]
        try:
            while not self._stop.is_set():
                self._wake.clear()
                try:
                    self.diagnose()
                except DatabaseError as error:
                    log.warning("The journal can't be judged: %s", error)
                    connection.close()
                self._stop.wait(_MIN_INTERVAL_S)
                self._wake.wait(_MAX_INTERVAL_S)
        finally:
            connection.close()

    def diagnose(self) -> None:
        """Make one diagnosis; raises django.db.DatabaseError."""
        connection = connections["default"]
        before = self._last or load_diagnosis(connection)
        observations = collect_node_observations(connection, self._topic, self._describe_topic())
        diagnosis = carry_over_beginnings(
            before, diagnose(observations), current_position(observations.tally)
        )
        if self._last is None or diagnosis.findings != before.findings:
            self._changed = diagnosis
        self._last = diagnosis


def current_position(tally: Tally) -> JournalPosition:
    """Return the newest record's position, with the time of now."""
    ends = [partition.last for partition in tally.partitions.values()]
    last = max(ends, key=lambda record: record.timestamp, default=None)
    now = int(time.time() * 1000)
    return JournalPosition(last.partition if last else 0, last.offset if last else 0, now)
