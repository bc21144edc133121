"""A real Apache Kafka as a child of the node, for those who have no cluster at hand."""

from journal.brokers.embedded.broker import EmbeddedBroker
from journal.brokers.embedded.errors import BrokerUnavailable

__all__ = ["BrokerUnavailable", "EmbeddedBroker"]
