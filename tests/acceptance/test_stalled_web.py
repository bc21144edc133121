"""Web part and worker wait for each other: one that stalls holds up nobody longer than it does."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
from confluent_kafka import Producer

from journal.kafka.consumer import RecordConsumer
from journal.wire.codec import encode
from journal.wire.messages import Action, ArtifactKey, ArtifactValue, Message
from tests.acceptance.faults import GROUP, has, is_as_a_clean_replay, is_ready, upload
from tests.kafka_fixture import new_topic
from tests.nodes import NodeProcess, serving, worker_of
from tests.waiting import DEADLINE, until
from tests.web import http

#: Far more than a web part has threads.
WRITERS = 200
#: Their outcomes are ten times what a pipe holds.
RECORDS = 5_000


@pytest.fixture(scope="module")
def topic(kafka: str) -> str:
    return new_topic(kafka)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stalled")


@pytest.fixture(scope="module")
def kept(kafka: str, topic: str, home: Path) -> Iterator[NodeProcess]:
    with serving(home, kafka, topic) as process:
        yield process


@pytest.fixture
def node(kept: NodeProcess) -> Iterator[NodeProcess]:
    """Ready; stopped by no test for longer than itself."""
    kept.wait_until_ready()
    yield kept
    kept.process.send_signal(signal.SIGCONT)


def say(kafka: str, topic: str, *records: tuple[bytes, bytes | None]) -> None:
    """As another node does."""
    producer = Producer({"bootstrap.servers": kafka})
    for key, value in records:
        producer.produce(topic, key=key, value=value, partition=0)
    assert producer.flush(DEADLINE) == 0


def deletion(artifact: str) -> tuple[bytes, bytes | None]:
    # The group `default` has no name in a record.
    return encode(Message(ArtifactKey("_", None, artifact), ArtifactValue(Action.DELETE)))


def drawing(number: int) -> tuple[bytes, bytes]:
    return b'\x09{"tenantId":"_","uuid":"%d"}' % number, b'\x09{"action":"CREATE"}'


def position(home: Path) -> int:
    with closing(sqlite3.connect(home / "annals.sqlite3")) as connection:
        (offset,) = connection.execute("SELECT next_offset FROM journal_position").fetchone()
        return int(offset)


def test_a_web_part_that_is_stopped_holds_nobody_up_and_then_answers_as_it_is(
    kafka: str, topic: str, node: NodeProcess, home: Path, sqlite_database: str
) -> None:
    made = upload(node, "kept")
    by_id = f"{node.url}/apis/registry/v2/ids/globalIds/{made.json()['globalId']}"
    by_name = f"{node.url}{GROUP}/kept"
    # Twice, so that the second answer comes from those that are kept.
    assert [http.get(url).status_code for url in (by_id, by_id, by_name, by_name)] == [200] * 4
    before = position(home / "home")

    node.process.send_signal(signal.SIGSTOP)
    say(kafka, topic, *map(drawing, range(RECORDS)))
    # Its news finds no room any more.
    say(kafka, topic, deletion("kept"))
    until(lambda: position(home / "home") == before + RECORDS + 1)
    node.process.send_signal(signal.SIGCONT)

    until(lambda: {http.get(url).status_code for url in (by_id, by_name)} == {404})
    assert upload(node, "next").status_code == 200
    assert is_as_a_clean_replay(node)


def test_what_a_killed_worker_did_not_tell_is_not_answered_stale(
    kafka: str, topic: str, node: NodeProcess, home: Path
) -> None:
    assert upload(node, "untold").status_code == 200
    by_name = f"{node.url}{GROUP}/untold"
    assert [http.get(by_name).status_code for _ in range(2)] == [200, 200]
    before = position(home / "home")
    worker = worker_of(node)

    # Stopped after its commit, before its news: the pipe is full, as the web part is stopped.
    node.process.send_signal(signal.SIGSTOP)
    say(kafka, topic, *map(drawing, range(RECORDS)), deletion("untold"))
    until(lambda: position(home / "home") == before + RECORDS + 1)
    worker.kill()
    node.process.send_signal(signal.SIGCONT)

    until(lambda: http.get(by_name).status_code == 404)
    until(lambda: is_ready(node))


def test_a_write_whose_news_was_missed_is_answered_when_the_web_part_goes_on(
    kafka: str, topic: str, node: NodeProcess, home: Path
) -> None:
    assert upload(node, "first").status_code == 200
    worker = worker_of(node)
    before = position(home / "home")

    with ThreadPoolExecutor(1) as pool:
        worker.suspend()
        writing = pool.submit(upload, node, "second")
        until(partial(_has_grown, kafka, topic, before))
        say(kafka, topic, *map(drawing, range(RECORDS)))
        os.kill(node.process.pid, signal.SIGSTOP)
        worker.resume()
        until(lambda: position(home / "home") >= before + RECORDS)
        os.kill(node.process.pid, signal.SIGCONT)
        assert writing.result(DEADLINE).status_code == 200


def test_writes_that_wait_for_their_outcomes_hold_no_threads(
    kafka: str, topic: str, node: NodeProcess, home: Path, sqlite_database: str
) -> None:
    assert upload(node, "applied").status_code == 200
    web, worker = psutil.Process(node.process.pid), worker_of(node)
    threads, before = web.num_threads(), position(home / "home")

    with ThreadPoolExecutor(WRITERS) as pool:
        worker.suspend()
        writing = [pool.submit(upload, node, f"w{number}") for number in range(WRITERS)]
        # Each allocates two ids, and waits for them.
        until(partial(_has_grown, kafka, topic, before + 2 * WRITERS - 1))
        gone = HTTPConnection(node.url.removeprefix("http://"))
        gone.request("POST", GROUP, b'{"type": "string"}', {"X-Registry-ArtifactId": "of-nobody"})
        until(partial(_has_grown, kafka, topic, before + 2 * WRITERS + 1))
        gone.close()
        assert not any(each.done() for each in writing)
        assert web.num_threads() <= threads + WRITERS // 8
        assert has(node, "applied")
        assert http.get(f"{node.url}/ui/artifacts").status_code == 200
        worker.resume()
        # Each gets the answer to its own upload.
        made = [each.result(DEADLINE).json()["id"] for each in writing]
        assert made == [f"w{number}" for number in range(WRITERS)]

    assert has(node, *made)
    until(lambda: has(node, "of-nobody"))
    assert is_as_a_clean_replay(node)


def _has_grown(kafka: str, topic: str, offset: int) -> bool:
    with closing(RecordConsumer({"bootstrap.servers": kafka}, topic)) as reader:
        return reader.offsets()[0][1] > offset
