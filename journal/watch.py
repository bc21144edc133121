"""Asks the broker once a second how far the topic reaches, so that nobody else has to wait."""

import logging
import threading
from collections.abc import Mapping

from journal.brokers.base import BrokerError
from journal.brokers.kafka import JournalReader
from journal.brokers.topics import Topic

log = logging.getLogger(__name__)

_EVERY = 1.0
_CONFIG_EVERY = 30


class BrokerWatch:
    """A thread with connections of its own; its last answers are attributes."""

    def __init__(self, properties: Mapping[str, str], topic: str) -> None:
        self._topic = Topic(properties, topic)
        self._reader = JournalReader(properties, topic)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="broker-watch", daemon=True)
        self.is_reachable = True
        self.offsets: dict[int, tuple[int, int]] = {}
        #: None while the broker does not tell.
        self.topic_config: dict[str, str] | None = None
        #: Empty while the broker does not tell.
        self.topic_id = ""

    def start(self) -> None:
        self._thread.start()

    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def close(self) -> None:
        """Also if it was never started."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._reader.close()

    def _run(self) -> None:
        round_number = 0
        while True:
            if round_number % _CONFIG_EVERY == 0:
                self._ask_config()
            self._ask_offsets()
            round_number += 1
            if self._stop.wait(_EVERY):
                return

    def _ask_offsets(self) -> None:
        try:
            self.offsets = self._reader.offsets()
        except BrokerError as error:
            if self.is_reachable:
                log.error("The broker can't be reached: %s", error)
            self.is_reachable = False
            return
        self.topic_id = self._topic.id()
        if not self.is_reachable:
            log.info("The broker is reachable again")
        self.is_reachable = True

    def _ask_config(self) -> None:
        try:
            self.topic_config = self._topic.config()
        except BrokerError:
            self.topic_config = None
