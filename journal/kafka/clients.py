"""Shared parts of all librdkafka clients: settings, timeouts, errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException

from journal.kafka.errors import BrokerError, NotAuthorized

_Client = TypeVar("_Client")

# librdkafka logs each lost connection to stderr; the broker monitor logs once that it is gone.
COMMON = {"reconnect.backoff.max.ms": 1000, "log_level": 2}
#: Seconds that a request to the broker may take.
REQUEST_TIMEOUT = 10.0
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
    """Convert a client's errors in the block to BrokerError or NotAuthorized."""
    try:
        yield
    except KafkaException as error:
        raise to_broker_error(doing, error.args[0]) from error
    except TimeoutError as error:
        raise BrokerError(f"{doing}: no answer in time") from error


def to_broker_error(doing: str, error: KafkaError) -> BrokerError:
    error_class = NotAuthorized if error.code() in _DENIALS else BrokerError
    return error_class(f"{doing}: {error.str()}")
