"""Several workers, or whole nodes, on one database: one applies, the next goes on by itself."""

import statistics
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from django.db import connection

from tests.acceptance.faults import (
    GROUP,
    Uploads,
    clients,
    has,
    is_as_a_clean_replay,
    is_ready,
    until,
    upload,
)
from tests.nodes import NodeProcess, node_process, unused_port
from tests.parts import Parts, kill, parts_of

#: Seconds in which writes must go on after the active worker's end.
SOON = 5
#: Seconds; without a wake-up a create takes twice the 0.2 s after which the ledger is looked at.
QUICK = 0.05


def worker_that_speaks() -> int:
    """The process id of the worker whose word stands in Django's present database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM journal_workerstatus")
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def longest_silence(uploads: Uploads, since: float) -> float:
    """Seconds between two acknowledged writes, from this moment until there are enough of them.

    More than the clients can have had under way, so that the last ones were sent after it.
    """

    def after() -> list[float]:
        return [at for at in uploads.moments if at > since]

    until(lambda: len(after()) > 8, timeout=SOON)
    return max(later - earlier for earlier, later in pairwise([since, *after()]))


def test_the_next_worker_goes_on_when_the_active_one_is_killed(parts: Parts) -> None:
    parts.start_web()
    active = parts.start_worker()
    until(lambda: is_ready(parts))
    standby = parts.start_worker()

    with clients(parts) as uploads:
        for _ in range(3):
            until(lambda: len(uploads.moments) > 20)
            time.sleep(1.5)
            assert worker_that_speaks() == active.pid
            assert standby.poll() is None

            kill(active)
            killed = time.monotonic()
            assert has(parts, *uploads.acknowledged[-50:])
            print(f"writes waited for {longest_silence(uploads, killed):.2f} s")
            assert worker_that_speaks() == standby.pid
            active, standby = standby, parts.start_worker()

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
    with clients(parts) as uploads:
        for _ in range(3):
            until(lambda: len(uploads.moments) > 20)
            holder = holder_of_the_claim(postgresql_url)
            with psycopg.connect(postgresql_url) as session:
                session.execute("SELECT pg_terminate_backend(%s)", [holder])
            print(f"writes waited for {longest_silence(uploads, time.monotonic()):.2f} s")
            assert holder_of_the_claim(postgresql_url) not in {0, holder}

    assert [worker.poll() for worker in workers] == [None, None]
    assert uploads.refused == []
    assert has(parts, *uploads.acknowledged)
    assert is_as_a_clean_replay(parts)


def test_a_create_is_answered_as_soon_as_postgresql_tells_of_it(
    parts_on_postgresql: Parts,
) -> None:
    parts_on_postgresql.start_web()
    parts_on_postgresql.start_worker()
    until(lambda: is_ready(parts_on_postgresql))
    took = []
    for number in range(60):
        began = time.monotonic()
        assert upload(parts_on_postgresql, f"a{number}").status_code == 200
        took.append(time.monotonic() - began)
    middle = statistics.median(took)
    print(f"half of the creates took less than {middle * 1000:.1f} ms")
    assert middle < QUICK


@pytest.fixture
def pair(
    kafka: str, topic: str, postgresql_url: str, tmp_path: Path
) -> Iterator[tuple[NodeProcess, NodeProcess]]:
    """Two nodes, each with web and worker, that share a database; ready."""
    shared = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JOURNAL_TOPIC": topic,
        "DATABASE_URL": postgresql_url,
    }
    first, second = (
        node_process(tmp_path / name, unused_port(), **shared) for name in ("first", "second")
    )
    try:
        for node in (first, second):
            node.start().wait_until_ready()
        yield first, second
    finally:
        for node in (first, second):
            node.stop()


def test_of_two_nodes_on_one_database_each_goes_on_without_the_other(
    pair: tuple[NodeProcess, NodeProcess], sqlite_database: str
) -> None:
    first, second = pair
    with clients(second, "s") as uploads:
        with clients(first, "f", may_be_gone=True) as other:
            until(lambda: min(len(uploads.moments), len(other.moments)) > 20)
            first.kill()
        print(f"writes waited for {longest_silence(uploads, time.monotonic()):.2f} s")

    assert uploads.refused == []
    assert has(second, *uploads.acknowledged, *other.acknowledged)
    assert is_as_a_clean_replay(second)


def test_a_node_whose_worker_dies_hears_what_the_other_one_s_applies(
    pair: tuple[NodeProcess, NodeProcess], sqlite_database: str
) -> None:
    first, second = pair
    with clients(first) as uploads:
        until(lambda: len(uploads.moments) > 20)
        (worker,) = psutil.Process(first.process.pid).children()
        worker.kill()
        print(f"writes waited for {longest_silence(uploads, time.monotonic()):.2f} s")

    assert uploads.refused == []
    assert has(second, *uploads.acknowledged)
    assert is_as_a_clean_replay(first)


def test_a_web_part_that_is_stopped_holds_up_no_worker(
    pair: tuple[NodeProcess, NodeProcess], sqlite_database: str
) -> None:
    """The first node's worker applies for both, and can't tell its own web part."""
    first, second = pair
    web = psutil.Process(first.process.pid)
    assert upload(first, "seen").status_code == 200
    assert has(first, "seen")
    web.suspend()
    try:
        with clients(second) as uploads:
            # More than a pipe takes.
            until(lambda: len(uploads.moments) > 300)
        assert httpx.delete(f"{second.url}{GROUP}/seen").status_code == 204
    finally:
        web.resume()
    assert uploads.refused == []
    until(lambda: not has(first, "seen"))
    assert has(first, *uploads.acknowledged)
