"""Asks the broker once a second how far the topic reaches, so that nobody else has to wait."""

import logging
import threading
from collections.abc import Mapping
from contextlib import closing, suppress

from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError, TopicMissing
from journal.kafka.topic_description import TopicDescription
from journal.kafka.topics import TopicAdmin

log = logging.getLogger(__name__)

_EVERY = 1.0
#: Of those seconds: changed settings are soon seen, and a refusal does not fill a broker's log.
_FACTS_EVERY = 5
#: Seconds for an answer, so that a broker which is gone is soon known to be.
_PATIENCE = 3.0
#: Seconds that whoever closes it waits; the thread ends by itself, and holds up no process.
_CLOSE_PATIENCE = 1.0


class BrokerMonitor:
    """A thread with connections of its own; its last answers are attributes."""

    def __init__(
        self, properties: Mapping[str, str], topic: str, is_reachable: bool = True
    ) -> None:
        self._properties = properties
        self._name = topic
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="broker-watch", daemon=True)
        self.is_reachable = is_reachable
        #: What a broker that is there says of a topic that is not; empty if it is.
        self.missing = ""
        self.offsets: Mapping[int, tuple[int, int]] = {}
        #: None before the broker has told anything.
        self.topic_facts: TopicDescription | None = None
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
            self._thread.join(_CLOSE_PATIENCE)

    def _run(self) -> None:
        topic = TopicAdmin(self._properties, self._name)
        round_number = 0
        with closing(RecordConsumer(self._properties, self._name)) as reader:
            while not self._stop.is_set():
                if self.topic_facts is None or round_number % _FACTS_EVERY == 0:
                    self._ask_facts(topic)
                self._ask_offsets(reader, topic)
                round_number += 1
                self._stop.wait(_EVERY)

    def _ask_facts(self, topic: TopicAdmin) -> None:
        # A broker that is away, or a topic that is gone, is no news about its settings.
        with suppress(BrokerError):
            self.topic_facts = topic.describe(_PATIENCE)

    def _ask_offsets(self, reader: RecordConsumer, topic: TopicAdmin) -> None:
        try:
            self.offsets = reader.offsets(_PATIENCE)
            self.topic_id = topic.topic_id(_PATIENCE)
            self.missing = ""
        except TopicMissing as error:
            self.missing = str(error)
        except BrokerError as error:
            if self.is_reachable:
                log.error("The broker can't be reached: %s", error)
            self.is_reachable = False
            return
        if not self.is_reachable:
            log.info("The broker is reachable again")
        self.is_reachable = True
