"""A real Apache Kafka as a child of the node, for those who have no cluster at hand."""

from journal.kafka.embedded.broker import EmbeddedBroker
from journal.kafka.embedded.errors import BrokerUnavailable

__all__ = ["BrokerUnavailable", "EmbeddedBroker"]
