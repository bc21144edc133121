"""Several workers, or whole nodes, on one database: one applies, the next goes on by itself."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psutil
import psycopg
import pytest
from django.db import connection

from tests.acceptance.faults import (
    GROUP,
    clients,
    has,
    is_as_a_clean_replay,
    is_ready,
    upload,
)
from tests.databases import postgresql_database
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, node_process, unused_port, worker_of
from tests.parts import Parts, kill, parts_of
from tests.waiting import until
from tests.web import http


def worker_that_speaks() -> int:
    """The process id of the worker whose word stands in Django's present database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM journal_workerstatus")
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def stands_by(parts: Parts, worker: subprocess.Popen[bytes]) -> bool:
    return "standing by" in parts.printed(worker)


def test_the_next_worker_goes_on_when_the_active_one_is_killed(parts: Parts) -> None:
    parts.start_web()
    active = parts.start_worker()
    until(lambda: is_ready(parts))

    with clients(parts) as uploads:
        for _ in range(2):
            standby = parts.start_worker()
            until(partial(stands_by, parts, standby))
            uploads.until_more_are_acknowledged()
            assert worker_that_speaks() == active.pid
            assert standby.poll() is None

            kill(active)
            assert has(parts, *uploads.acknowledged[-50:])
            uploads.until_more_are_acknowledged()
            assert worker_that_speaks() == standby.pid
            active = standby

    assert uploads.refused == []
    assert has(parts, *uploads.acknowledged)
    assert is_as_a_clean_replay(parts)


@pytest.fixture
def parts_on_postgresql(
    kafka: str, topic: str, postgresql_url: str, tmp_path: Path
) -> Iterator[Parts]:
    with parts_of(kafka, topic, postgresql_url, tmp_path / "home") as them:
        yield them


def holder_of_the_claim(database: str) -> int:
    """The PostgreSQL session that has the advisory lock; 0 if none has it."""
    with psycopg.connect(database) as session:
        row = session.execute(
            "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    return 0 if row is None else int(row[0])


def test_a_worker_that_loses_its_session_stands_by_for_the_one_that_took_over(
    parts_on_postgresql: Parts, postgresql_url: str, sqlite_database: str
) -> None:
    parts = parts_on_postgresql
    parts.start_web()
    workers = [parts.start_worker()]
    until(lambda: is_ready(parts))
    workers.append(parts.start_worker())
    until(lambda: stands_by(parts, workers[-1]))
    with clients(parts) as uploads:
        for _ in range(2):
            uploads.until_more_are_acknowledged()
            holder = holder_of_the_claim(postgresql_url)
            with psycopg.connect(postgresql_url) as session:
                session.execute("SELECT pg_terminate_backend(%s)", [holder])
            uploads.until_more_are_acknowledged()
            assert holder_of_the_claim(postgresql_url) not in {0, holder}

    assert [worker.poll() for worker in workers] == [None, None]
    assert uploads.refused == []
    assert has(parts, *uploads.acknowledged)
    assert is_as_a_clean_replay(parts)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two nodes, each with web and worker, that share a database; ready."""

    database: str
    nodes: tuple[NodeProcess, NodeProcess]

    def in_order(self) -> tuple[NodeProcess, NodeProcess]:
        """The node whose worker applies the journal, and the one whose worker stands by."""
        with psycopg.connect(self.database) as session:
            row = session.execute("SELECT pid FROM journal_workerstatus").fetchone()
        one, other = self.nodes
        return (one, other) if row == (worker_of(one).pid,) else (other, one)


@pytest.fixture(scope="module")
def kept_pair(
    kafka: str, postgresql: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    homes = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    shared = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "JOURNAL_TOPIC": new_topic(kafka)}
    with postgresql_database(postgresql) as url, ExitStack() as stack:
        one, other = (
            node_process(home, unused_port(), DATABASE_URL=url, **shared) for home in homes
        )
        for node in (one, other):
            node.start()
            stack.callback(node.stop)
        yield Pair(url, (one, other))


@pytest.fixture
def pair(kept_pair: Pair, sqlite_database: str) -> Pair:
    for node in kept_pair.nodes:
        if node.process.poll() is not None:
            node.start()
        node.wait_until_ready()
        until(partial(has_worker, node))
    return kept_pair


def has_worker(node: NodeProcess) -> bool:
    return bool(psutil.Process(node.process.pid).children())


def test_of_two_nodes_on_one_database_each_goes_on_without_the_other(pair: Pair) -> None:
    first, second = pair.in_order()
    with clients(second, "s") as uploads:
        with clients(first, "f", may_be_gone=True) as other:
            until(lambda: min(len(uploads.acknowledged), len(other.acknowledged)) > 20)
            first.kill()
        uploads.until_more_are_acknowledged()

    assert uploads.refused == []
    assert has(second, *uploads.acknowledged, *other.acknowledged)
    assert is_as_a_clean_replay(second)


def test_a_node_whose_worker_dies_hears_what_the_other_one_s_applies(pair: Pair) -> None:
    first, second = pair.in_order()
    with clients(first, "w") as uploads:
        uploads.until_more_are_acknowledged()
        worker_of(first).kill()
        uploads.until_more_are_acknowledged()

    assert uploads.refused == []
    assert has(second, *uploads.acknowledged)
    assert is_as_a_clean_replay(first)


def test_a_web_part_that_is_stopped_holds_up_no_worker(pair: Pair) -> None:
    """The first node's worker applies for both, and can't tell its own web part."""
    first, second = pair.in_order()
    web = psutil.Process(first.process.pid)
    assert upload(first, "seen").status_code == 200
    assert has(first, "seen")
    web.suspend()
    try:
        with clients(second, "p") as uploads:
            # More than a pipe takes.
            uploads.until_more_are_acknowledged(300)
        assert http.delete(f"{second.url}{GROUP}/seen").status_code == 204
    finally:
        web.resume()
    assert uploads.refused == []
    until(lambda: not has(first, "seen"))
    assert has(first, *uploads.acknowledged)
