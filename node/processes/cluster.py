"""The Kafka cluster of this node: the configured one, or an embedded broker."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from journal.kafka.embedded import BrokerUnavailable, EmbeddedBroker
from node.cli.progress import step_progress

log = logging.getLogger(__name__)

_BOOTSTRAP = "bootstrap.servers"
_POLL_SECONDS = 1.0


@contextmanager
def cluster() -> Iterator[None]:
    """Start an embedded broker for the block, unless settings.KAFKA_PROPERTIES name a cluster.

    Raises BrokerUnavailable if it does not start.
    """
    if _BOOTSTRAP in settings.KAFKA_PROPERTIES:
        yield
        return
    broker = EmbeddedBroker(settings.ANNALS_HOME.path, settings.ANNALS_BROKER_PORT)
    with step_progress() as on_progress:
        settings.KAFKA_PROPERTIES[_BOOTSTRAP] = broker.start(on_progress)
    closing = threading.Event()
    supervisor = threading.Thread(
        target=_supervise, args=(broker, closing), name="broker-supervisor", daemon=True
    )
    supervisor.start()
    try:
        yield
    finally:
        closing.set()
        supervisor.join()
        broker.stop()


@contextmanager
def running_cluster() -> Iterator[None]:
    """Like `cluster`, but use the embedded broker of a node that runs in this home."""
    address = EmbeddedBroker(settings.ANNALS_HOME.path).address_if_running()
    if _BOOTSTRAP not in settings.KAFKA_PROPERTIES and address is not None:
        settings.KAFKA_PROPERTIES[_BOOTSTRAP] = address
    if _BOOTSTRAP in settings.KAFKA_PROPERTIES:
        yield
        return
    with settings.ANNALS_HOME.lock("no address, a command"), cluster():
        yield


def _supervise(broker: EmbeddedBroker, closing: threading.Event) -> None:
    """Start the broker again when it dies; clients find it on the same port."""
    while not closing.wait(_POLL_SECONDS):
        if broker.is_running():
            continue
        log.error("The embedded broker died; starting it again")
        try:
            broker.start()
        except BrokerUnavailable as error:
            log.error("The embedded broker does not start: %s", error)
