"""The Kafka cluster of this node: the configured one, or an embedded broker."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from journal.kafka.embedded import BrokerUnavailable, EmbeddedBroker
from node.cli.progress import step_progress

log = logging.getLogger(__name__)

_BOOTSTRAP = "bootstrap.servers"
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class KafkaCluster:
    """The client properties of a Kafka cluster, bootstrap.servers among them."""

    properties: Mapping[str, str]

    @property
    def bootstrap_servers(self) -> str:
        return self.properties[_BOOTSTRAP]


@contextmanager
def cluster() -> Iterator[KafkaCluster]:
    """Start an embedded broker for the block, unless settings.KAFKA_PROPERTIES name a cluster.

    Raises BrokerUnavailable if it does not start.
    """
    if _BOOTSTRAP in settings.KAFKA_PROPERTIES:
        yield KafkaCluster(settings.KAFKA_PROPERTIES)
        return
    broker = EmbeddedBroker(settings.ANNALS_HOME.path, settings.ANNALS_BROKER_PORT)
    with step_progress() as on_progress:
        embedded = _embedded_cluster(broker.start(on_progress))
    closing = threading.Event()
    supervisor = threading.Thread(
        target=_supervise, args=(broker, closing), name="broker-supervisor", daemon=True
    )
    supervisor.start()
    try:
        yield embedded
    finally:
        closing.set()
        supervisor.join()
        broker.stop()


@contextmanager
def running_cluster(bootstrap_servers: str | None = None) -> Iterator[KafkaCluster]:
    """Yield the cluster of `cluster`, or the embedded broker of a node running in this home.

    `bootstrap_servers` name another cluster than this node's, with its other properties.
    """
    if bootstrap_servers is not None:
        yield KafkaCluster({**settings.KAFKA_PROPERTIES, _BOOTSTRAP: bootstrap_servers})
        return
    address = EmbeddedBroker(settings.ANNALS_HOME.path).address_if_running()
    if _BOOTSTRAP not in settings.KAFKA_PROPERTIES and address is not None:
        yield _embedded_cluster(address)
    elif _BOOTSTRAP in settings.KAFKA_PROPERTIES:
        yield KafkaCluster(settings.KAFKA_PROPERTIES)
    else:
        with settings.ANNALS_HOME.lock("no address, a command"), cluster() as started:
            yield started


def _embedded_cluster(address: str) -> KafkaCluster:
    return KafkaCluster({**settings.KAFKA_PROPERTIES, _BOOTSTRAP: address})


def _supervise(broker: EmbeddedBroker, closing: threading.Event) -> None:
    """Restart the broker after its death; clients find it on the same port."""
    while not closing.wait(_POLL_SECONDS):
        if broker.is_running():
            continue
        log.error("The embedded broker died; starting it again")
        try:
            broker.start()
        except BrokerUnavailable as error:
            log.error("The embedded broker does not start: %s", error)
