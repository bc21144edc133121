"""The Kafka cluster of this node: the one that is configured, or a child of our own."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from journal.kafka.embedded import BrokerUnavailable, EmbeddedBroker
from node.cli.progress import show_steps

log = logging.getLogger(__name__)

_BOOTSTRAP = "bootstrap.servers"
_LOOK_EVERY = 1.0


@contextmanager
def cluster() -> Iterator[None]:
    """settings.KAFKA_PROPERTIES name a reachable cluster inside the block.

    Raises BrokerUnavailable if there is none and none can be started.
    """
    if _BOOTSTRAP in settings.KAFKA_PROPERTIES:
        yield
        return
    broker = EmbeddedBroker(settings.ANNALS_HOME.path, settings.ANNALS_BROKER_PORT)
    with show_steps() as on_progress:
        settings.KAFKA_PROPERTIES[_BOOTSTRAP] = broker.start(on_progress)
    closing = threading.Event()
    keeper = threading.Thread(
        target=_keep_running, args=(broker, closing), name="broker-keeper", daemon=True
    )
    keeper.start()
    try:
        yield
    finally:
        closing.set()
        keeper.join()
        broker.stop()


@contextmanager
def running_cluster() -> Iterator[None]:
    """Like `cluster`, but a broker that this home's running node started is used, too."""
    address = EmbeddedBroker(settings.ANNALS_HOME.path).address_if_running()
    if _BOOTSTRAP not in settings.KAFKA_PROPERTIES and address is not None:
        settings.KAFKA_PROPERTIES[_BOOTSTRAP] = address
    if _BOOTSTRAP in settings.KAFKA_PROPERTIES:
        yield
        return
    with settings.ANNALS_HOME.claim("no address, a command"), cluster():
        yield


def _keep_running(broker: EmbeddedBroker, closing: threading.Event) -> None:
    """Starts the child again when it dies; clients find it on the same port."""
    while not closing.wait(_LOOK_EVERY):
        if broker.is_running():
            continue
        log.error("The embedded broker died; starting it again")
        try:
            broker.start()
        except BrokerUnavailable as error:
            log.error("The embedded broker does not start: %s", error)
