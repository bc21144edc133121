"""Produces records on the journal's topic."""

import threading
from collections.abc import Callable, Mapping

from confluent_kafka import (
    KafkaError,
    KafkaException,
    Message,
    Producer,
)

from journal.kafka.clients import COMMON, REQUEST_TIMEOUT, create_client
from journal.kafka.errors import BrokerError, MessageTooLarge
from journal.kafka.records import Headers

MAX_RECORD_BYTES = 32 * 1024 * 1024


def _to_broker_error(error: KafkaError) -> BrokerError:
    if error.code() == KafkaError.MSG_SIZE_TOO_LARGE:
        return MessageTooLarge(error.str())
    return BrokerError(error.str())


class JournalProducer:
    """Producer for partition 0; idempotent, acknowledged by all in-sync replicas."""

    def __init__(self, properties: Mapping[str, str], topic: str, timeout: float) -> None:
        self._topic = topic
        self._producer = create_client(
            Producer,
            {
                **COMMON,
                **properties,
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 0,
                "message.max.bytes": MAX_RECORD_BYTES,
                "message.timeout.ms": int(timeout * 1000),
                "allow.auto.create.topics": False,
                # That a record was taken shows in its outcome; only failures are reported.
                "delivery.report.only.error": True,
            },
        )
        self._is_open = True

        def poll() -> None:
            while self._is_open:
                self._producer.poll(0.1)

        self._poller = threading.Thread(target=poll, name="producer", daemon=True)
        self._poller.start()

    def publish(
        self,
        key: bytes,
        value: bytes | None,
        headers: Headers,
        on_failure: Callable[[BrokerError], None],
    ) -> None:
        """Enqueue a record; `on_failure` gets the reason if the broker does not take it.

        Raises BrokerError if the queue of unsent records is full, MessageTooLarge for a record that
        is too large for the client already.
        """

        def on_delivery(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                on_failure(_to_broker_error(error))

        try:
            self._producer.produce(
                self._topic,
                key=key,
                value=value,
                partition=0,
                headers=list(headers),
                on_delivery=on_delivery,
            )
        except BufferError as error:
            raise BrokerError(f"the record was not sent: {error}") from error
        except KafkaException as error:
            raise _to_broker_error(error.args[0]) from error

    def flush(self, timeout: float) -> int:
        """Wait for acknowledgments; return how many records have none yet."""
        unsent: int = self._producer.flush(timeout)
        return unsent

    def close(self) -> None:
        self.flush(REQUEST_TIMEOUT)
        self._is_open = False
        self._poller.join()
