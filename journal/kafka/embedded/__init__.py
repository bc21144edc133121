"""A real Apache Kafka as a child process of the node, for nodes without a cluster."""

from journal.kafka.embedded.broker import EmbeddedBroker
from journal.kafka.embedded.errors import BrokerUnavailable

__all__ = ["BrokerUnavailable", "EmbeddedBroker"]
