"""The broker goes and comes back: nothing acknowledged is lost, and the node says what is so."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psutil
import pytest

from journal.kafka.embedded import EmbeddedBroker
from tests.acceptance.faults import (
    clients,
    has,
    is_as_a_clean_replay,
    is_live,
    is_ready,
    reasons,
    store,
    upload,
    watched,
)
from tests.nodes import NodeProcess, node_process, unused_port
from tests.waiting import DEADLINE, until
from tests.web import http

#: Far more than a web part has threads.
WRITERS = 200


class OwnBroker:
    """A broker of this module alone, on a port that stays the same."""

    def __init__(self, broker: EmbeddedBroker, address: str) -> None:
        self._broker = broker
        self.address = address

    def start(self) -> None:
        if not self._broker.is_running():
            assert self._broker.start() == self.address

    def kill(self) -> None:
        assert self._broker.pid is not None
        os.kill(self._broker.pid, signal.SIGKILL)
        until(lambda: not self._broker.is_running())

    def suspend(self) -> None:
        assert self._broker.pid is not None
        os.kill(self._broker.pid, signal.SIGSTOP)

    def resume(self) -> None:
        assert self._broker.pid is not None
        os.kill(self._broker.pid, signal.SIGCONT)

    def stop(self) -> None:
        self._broker.stop()


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnBroker]:
    """Not started yet."""
    port = unused_port()
    broker = EmbeddedBroker(tmp_path_factory.mktemp("kafka"), port)
    yield OwnBroker(broker, f"127.0.0.1:{port}")
    broker.stop()


@pytest.fixture(scope="module")
def node(own_broker: OwnBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """Started without its broker; its writes wait for two seconds."""
    process = node_process(
        tmp_path_factory.mktemp("home"),
        unused_port(),
        KAFKA_BOOTSTRAP_SERVERS=own_broker.address,
        JOURNAL_TOPIC=f"journal-{uuid4()}",
        JOURNAL_RESPONSE_TIMEOUT="2",
    )
    process.start()
    yield process
    process.stop()


def test_a_node_starts_without_its_broker_and_gets_ready_by_itself(
    own_broker: OwnBroker, node: NodeProcess, sqlite_database: str
) -> None:
    refused = upload(node, "too-early")
    assert refused.status_code == 503
    assert "Nothing was written" in refused.text
    own_broker.start()
    until(lambda: is_ready(node))
    store(node, "first")

    node.stop()
    own_broker.stop()
    node.start()
    until(lambda: "the broker is unreachable" in reasons(node))
    assert is_live(node)
    assert has(node, "first")
    assert http.get(f"{node.url}/ui/artifacts").status_code == 200
    assert upload(node, "second").status_code == 503

    own_broker.start()
    until(lambda: is_ready(node))
    store(node, "second")
    assert is_as_a_clean_replay(node)


def test_a_broker_killed_under_load_costs_nothing_acknowledged(
    own_broker: OwnBroker, node: NodeProcess, sqlite_database: str
) -> None:
    own_broker.start()
    node.wait_until_ready()
    store(node, "kept")

    with watched(node, "kept") as glimpses, clients(node) as uploads:
        until(lambda: len(uploads.acknowledged) > 50)
        count = len(glimpses)
        own_broker.kill()
        until(lambda: glimpses[-1].ready == 503)
        until(lambda: uploads.refused)
        own_broker.start()
        uploads.until_more_are_acknowledged()
        until(lambda: glimpses[-1].ready == 200)

    assert {glimpse.live for glimpse in glimpses} == {200}
    assert {glimpse.read for glimpse in glimpses} == {200}
    assert {glimpse.ready for glimpse in glimpses[:count]} <= {200}
    unready = [glimpse for glimpse in glimpses if glimpse.ready != 200]
    assert all("the broker is unreachable" in glimpse.reasons for glimpse in unready)
    assert all("equest" in text or "Try again" in text for text in uploads.refused)
    assert has(node, *uploads.acknowledged)
    assert is_as_a_clean_replay(node)


def test_a_broker_that_hangs_holds_up_writes_alone(
    own_broker: OwnBroker, node: NodeProcess, sqlite_database: str
) -> None:
    own_broker.start()
    until(lambda: is_ready(node))
    store(node, "read")
    web = psutil.Process(node.process.pid)
    threads = web.num_threads()

    with ThreadPoolExecutor(WRITERS) as pool:
        own_broker.suspend()
        try:
            writing = [pool.submit(upload, node, f"h{number}") for number in range(WRITERS)]
            for _ in range(20):
                assert has(node, "read")
                assert is_live(node)
            assert web.num_threads() <= threads + WRITERS // 8
            # None of them waits for one before it: each has two seconds of its own.
            assert {each.result(DEADLINE).status_code for each in writing} == {503}
        finally:
            own_broker.resume()

    until(lambda: is_ready(node))
    store(node, "afterwards")
    assert is_as_a_clean_replay(node)
