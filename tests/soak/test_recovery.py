"""How soon a node tells of a fault and is well again, beside bare clients and brokers."""

import os
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from confluent_kafka.admin import AdminClient

from bench.calibration import broker_round_trips, broker_starts
from journal.database import worker_lock
from journal.health.node_state import HEARTBEAT_TIMEOUT_MS
from journal.kafka.embedded import EmbeddedBroker
from journal.worker import broker_monitor
from tests.acceptance.faults import clients, is_live, is_ready, readiness, reasons, store, upload
from tests.kafka_fixture import new_topic
from tests.nodes import new_node_process, serving, unused_port, worker_of
from tests.parts import Parts, kill, parts_of
from tests.soak.measuring import bare_start, seconds_until, told
from tests.waiting import until

pytestmark = [pytest.mark.soak, pytest.mark.kafka]

#: Of what a node does with new clients of the broker, beside one bare client.
CLIENT_RATIO = 8
#: Of a create, which takes two round trips through the journal, beside one.
CREATE_RATIO = 50
#: Of a whole node beside its broker alone.
START_RATIO = 3


@pytest.fixture
def parts(kafka: str, topic: str, each_database: str, tmp_path: Path) -> Iterator[Parts]:
    with parts_of(kafka, topic, each_database, tmp_path / "home") as them:
        yield them


def test_writes_go_on_as_soon_as_a_new_client_could_read(parts: Parts, kafka: str) -> None:
    parts.start_web()
    active = parts.start_worker()
    until(lambda: is_ready(parts))
    standby = parts.start_worker()
    until(lambda: "standing by" in parts.printed(standby))
    # A look at the claim, and a client of the broker.
    bare = worker_lock._POLL_INTERVAL + bare_start(kafka)
    with clients(parts) as uploads:
        uploads.until_more_are_acknowledged()
        moments = [time.perf_counter()]
        kill(active)
        for _ in range(9):
            uploads.until_more_are_acknowledged(0)
            moments.append(time.perf_counter())
    silence = max(later - earlier for earlier, later in pairwise(moments))
    assert told("writes waited", silence, bare, "the bare steps") < CLIENT_RATIO
    assert uploads.refused == []


def test_a_create_takes_a_few_round_trips_through_the_journal(
    kafka: str, topic: str, postgresql_url: str, tmp_path: Path
) -> None:
    """Without PostgreSQL's word it would take twice the 0.2 s after which the web part looks."""
    with parts_of(kafka, topic, postgresql_url, tmp_path / "home") as parts:
        parts.start_web()
        parts.start_worker()
        until(lambda: is_ready(parts))
        store(parts, "first")
        took = []
        for number in range(60):
            began = time.perf_counter()
            assert upload(parts, f"a{number}").status_code == 200
            took.append(time.perf_counter() - began)
    bare = statistics.median(broker_round_trips(kafka, 60).latencies)
    assert told("a create", statistics.median(took), bare, "a round trip") < CREATE_RATIO


def test_a_node_starts_again_about_as_fast_as_its_broker(tmp_path: Path) -> None:
    _, bare = broker_starts(tmp_path / "bare")
    node = new_node_process(tmp_path / "home", unused_port())
    node.start().wait_until_ready()
    node.stop()
    began = time.perf_counter()
    node.start().wait_until_ready()
    took = time.perf_counter() - began
    node.stop()
    assert told("a second start", took, bare, "its broker alone") < START_RATIO


@contextmanager
def stopped(process: psutil.Process) -> Iterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def test_a_broker_s_end_and_return_are_told_as_soon_as_it_was_asked(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "kafka", unused_port())
    address = broker.start()
    try:
        with serving(tmp_path, address, new_topic(address)) as node:
            assert broker.pid is not None
            os.kill(broker.pid, signal.SIGKILL)
            until(lambda: not broker.is_running())
            asked = broker_monitor._INTERVAL + broker_monitor._TIMEOUT
            end = seconds_until(lambda: readiness(node)["code"] == 503)
            assert told("a broker's end", end, asked, "the patience with it") < 2
            broker.start()
            back = seconds_until(lambda: is_ready(node))
            assert told("a broker's return", back, asked, "the patience with it") < 2
    finally:
        broker.stop()


def test_a_worker_that_hangs_and_one_that_goes_on_are_told_in_time(
    kafka: str, topic: str, tmp_path: Path
) -> None:
    with serving(tmp_path, kafka, topic) as node:
        with stopped(worker_of(node)):
            silence = seconds_until(lambda: not is_live(node))
        assert told("a hang", silence, HEARTBEAT_TIMEOUT_MS / 1000, "the patience with it") < 1.5
        bare = bare_start(kafka)
        back = seconds_until(lambda: is_live(node) and is_ready(node))
        assert told("going on", back, bare, "a bare client") < CLIENT_RATIO


def test_a_topic_that_is_gone_is_told_in_time(kafka: str, topic: str, tmp_path: Path) -> None:
    with serving(tmp_path, kafka, topic) as node:
        store(node, "first")
        admin = AdminClient({"bootstrap.servers": kafka})
        admin.delete_topics([topic])[topic].result()
        gone = seconds_until(lambda: "Unknown topic" in reasons(node))
        asked = broker_monitor._INTERVAL + broker_monitor._TIMEOUT
        assert told("a topic's end", gone, asked, "the patience with it") < 2
