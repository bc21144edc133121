"""Polls the broker once a second for the topic's offsets, on a thread of its own."""

import logging
import threading
from collections.abc import Mapping
from contextlib import closing, suppress

from journal.kafka.consumer import RecordConsumer
from journal.kafka.errors import BrokerError, TopicMissing
from journal.kafka.topic_description import TopicDescription
from journal.kafka.topics import TopicAdmin

log = logging.getLogger(__name__)

_INTERVAL = 1.0
#: Polls between two descriptions of the topic: changed settings are soon seen, and a denial does
#: not fill a broker's log.
_POLLS_PER_DESCRIPTION = 5
#: Seconds for an answer, so that a broker which is gone is soon known to be.
_TIMEOUT = 3.0
#: Seconds that `close` waits; the thread ends by itself, and holds up no process.
_CLOSE_TIMEOUT = 1.0


class BrokerMonitor(threading.Thread):
    """Has Kafka clients of its own; the broker's last answers are attributes."""

    def __init__(
        self, properties: Mapping[str, str], topic: str, is_reachable: bool = True
    ) -> None:
        super().__init__(name="broker-monitor", daemon=True)
        self._properties = properties
        self._topic = topic
        self._closing = threading.Event()
        self.is_reachable = is_reachable
        #: Why the topic is missing, as the broker says; empty if it is there.
        self.missing = ""
        self.offsets: Mapping[int, tuple[int, int]] = {}
        #: None before the broker has described the topic.
        self.topic_facts: TopicDescription | None = None
        #: Empty where the broker gives no topic ids.
        self.topic_id = ""

    def close(self) -> None:
        """End the thread, if it was started."""
        self._closing.set()
        if self.ident is not None:
            self.join(_CLOSE_TIMEOUT)

    def run(self) -> None:
        topic = TopicAdmin(self._properties, self._topic)
        polls = 0
        with closing(RecordConsumer(self._properties, self._topic)) as consumer:
            while not self._closing.is_set():
                is_due = self.topic_facts is None or polls % _POLLS_PER_DESCRIPTION == 0
                self._poll(consumer, topic, is_due)
                polls += 1
                self._closing.wait(_INTERVAL)

    def _poll(self, consumer: RecordConsumer, topic: TopicAdmin, describes: bool) -> None:
        if describes:
            # Where the broker or the topic is gone, the last description stays.
            with suppress(BrokerError):
                self.topic_facts = topic.describe(_TIMEOUT)
        try:
            self.offsets = consumer.offsets(_TIMEOUT)
            self.topic_id = topic.topic_id(_TIMEOUT)
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
