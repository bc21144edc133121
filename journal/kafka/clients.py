"""What all of librdkafka's clients share here: settings, patience, and how they fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException

from journal.kafka.errors import BrokerError, NotAuthorized

# librdkafka writes of every lost connection to stderr; the watch says once that the broker is gone.
_Client = TypeVar("_Client")
COMMON = {"reconnect.backoff.max.ms": 1000, "log_level": 2}
#: Seconds for a question to the broker.
PATIENCE = 10.0
_DENIALS = frozenset({
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
})


def create_client(
    client: Callable[[dict[str, Any]], _Client], properties: dict[str, Any]
) -> _Client:
    try:
        return client(properties)
    except KafkaException as error:
        reason: Any = error.args[0]
        raise BrokerError(f"the KAFKA_… settings: {reason.str()}") from error


@contextmanager
def as_broker_error(doing: str) -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        raise to_broker_error(doing, error.args[0]) from error
    except TimeoutError as error:
        raise BrokerError(f"{doing}: no answer in time") from error


def to_broker_error(doing: str, reason: KafkaError) -> BrokerError:
    kind = NotAuthorized if reason.code() in _DENIALS else BrokerError
    return kind(f"{doing}: {reason.str()}")
