"""One record's bytes, fetched from the topic when somebody looks at it."""

from django.conf import settings

from journal.brokers.base import Record
from journal.brokers.kafka import read_one


def read_record(partition: int, offset: int) -> Record | None:
    """None if the topic no longer holds it; raises BrokerError if the broker cannot be asked."""
    return read_one(settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC, partition, offset)
