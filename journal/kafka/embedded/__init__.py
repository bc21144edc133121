"""A real Apache Kafka as a child process of the node, where no cluster is configured."""

from journal.kafka.embedded.broker import EmbeddedBroker
from journal.kafka.embedded.errors import BrokerUnavailable

__all__ = ["BrokerUnavailable", "EmbeddedBroker"]
