"""The journal of a process."""

from django.http import HttpRequest

from journal.health.node_health import NodeHealth
from journal.kafka.topics import KafkaTopic
from journal.ledger.record_reader import RecordReader
from journal.outcomes.outcomes import Outcomes
from journal.publish.publisher import Publisher

#: Key of the Journal in an ASGI scope.
JOURNAL = "annals.journal"


class Journal:
    """A topic with the in-memory state of a process for it.

    `node` makes one for a process, and hands it to requests, threads and commands.
    """

    def __init__(self, topic: KafkaTopic) -> None:
        self.topic = topic
        self.outcomes = Outcomes()
        self.health = NodeHealth(self.outcomes.activity)
        self.publisher = Publisher(topic, self.outcomes, self.health)
        self.records = RecordReader(topic)

    def close(self) -> None:
        """Flush and close the producer, and stop following the ledger."""
        self.publisher.close()
        self.outcomes.follower.close()


def get_journal(request: HttpRequest) -> Journal:
    """Return the journal of the request's node."""
    journal: Journal = request.META["asgi.scope"][JOURNAL]
    return journal


def get_publisher(request: HttpRequest) -> Publisher:
    """Return the publisher of the request's node."""
    return get_journal(request).publisher
