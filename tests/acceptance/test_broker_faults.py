"""The broker goes and comes back: nothing acknowledged is lost, and the node says what is so."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from journal.brokers.embedded import EmbeddedBroker
from tests.acceptance.faults import (
    clients,
    has,
    is_as_a_clean_replay,
    is_live,
    is_ready,
    reasons,
    until,
    upload,
    watched,
)
from tests.nodes import NodeProcess, node_process

#: Seconds after which a broker's end or return must be told.
SOON = 8


class OwnBroker:
    """A broker of this test alone, on a port that stays the same."""

    def __init__(self, home: Path, port: int) -> None:
        self._broker = EmbeddedBroker(home, port)
        self.address = f"127.0.0.1:{port}"

    def start(self) -> None:
        assert self._broker.start() == self.address

    def kill(self) -> None:
        assert self._broker.pid is not None
        os.kill(self._broker.pid, signal.SIGKILL)
        until(lambda: not self._broker.is_running())

    def stop(self) -> None:
        self._broker.stop()


@pytest.fixture
def own_broker(tmp_path: Path, another_port: int) -> Iterator[OwnBroker]:
    """Not started yet."""
    broker = OwnBroker(tmp_path / "kafka", another_port)
    yield broker
    broker.stop()


@pytest.fixture
def node(own_broker: OwnBroker, tmp_path: Path, free_port: int) -> Iterator[NodeProcess]:
    """Not started yet; its writes wait for two seconds."""
    process = node_process(
        tmp_path / "home",
        free_port,
        KAFKA_BOOTSTRAP_SERVERS=own_broker.address,
        JOURNAL_TOPIC=f"journal-{uuid4()}",
        JOURNAL_RESPONSE_TIMEOUT="2",
    )
    yield process
    process.stop()


def test_a_broker_killed_under_load_costs_nothing_acknowledged(
    own_broker: OwnBroker, node: NodeProcess, sqlite_database: str
) -> None:
    own_broker.start()
    node.start().wait_until_ready()
    assert upload(node, "first").status_code == 200

    with watched(node, "first") as glimpses, clients(node) as uploads:
        until(lambda: len(uploads.acknowledged) > 50)
        own_broker.kill()
        killed = time.monotonic()
        until(lambda: glimpses[-1].ready == 503, SOON)
        until(lambda: uploads.refused, SOON)
        own_broker.start()
        back = time.monotonic()
        until(lambda: uploads.moments[-1] > back and glimpses[-1].ready == 200, SOON)

    assert {glimpse.live for glimpse in glimpses} == {200}
    assert {glimpse.read for glimpse in glimpses} == {200}
    unready = [glimpse for glimpse in glimpses if glimpse.ready != 200]
    assert all("the broker is unreachable" in glimpse.reasons for glimpse in unready)
    assert unready[0].at > killed
    assert all("equest" in text or "Try again" in text for _, text in uploads.refused)
    assert has(node, *uploads.acknowledged)
    assert is_as_a_clean_replay(node)


def test_a_node_starts_without_its_broker_and_gets_ready_by_itself(
    own_broker: OwnBroker, node: NodeProcess, sqlite_database: str
) -> None:
    node.start()
    refused = upload(node, "too-early")
    assert refused.status_code == 503
    assert "Nothing was written" in refused.text
    own_broker.start()
    until(lambda: is_ready(node), SOON)
    assert upload(node, "first").status_code == 200

    node.stop()
    own_broker.stop()
    node.start()
    until(lambda: "the broker is unreachable" in reasons(node), SOON)
    assert is_live(node)
    assert has(node, "first")
    assert httpx.get(f"{node.url}/ui/artifacts").status_code == 200
    assert upload(node, "second").status_code == 503

    own_broker.start()
    until(lambda: is_ready(node), SOON)
    assert upload(node, "second").status_code == 200
    assert is_as_a_clean_replay(node)
