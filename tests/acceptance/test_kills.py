"""kill -9 at exact and at random instants: nothing acknowledged is lost, nothing half is left."""

import random
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from journal.health.state_digest import state_digest
from journal.models import Position, WorkerStatus
from tests.acceptance.dying_worker import MOMENTS
from tests.acceptance.faults import (
    GROUP,
    clients,
    commands_reach,
    digest_of_clean_replay,
    has,
    is_as_a_clean_replay,
    is_ready,
    store,
    upload,
)
from tests.examples import SEED
from tests.journals import empty_database
from tests.nodes import NodeProcess, node_process
from tests.parts import Parts, kill
from tests.random_journals import random_journal
from tests.waiting import DEADLINE, holds, random_pause, until
from tests.web import http

#: Records that a worker is killed over while it replays: some batches.
JOURNAL = 20_000


def is_at_work(worker: subprocess.Popen[bytes]) -> bool:
    """Whether this process has the tables and has begun: what came before is Python's start."""
    status = WorkerStatus.objects.first()
    return status is not None and status.pid == worker.pid


def is_under_way(request: Future[Any]) -> bool:
    return not request.done()


@pytest.fixture
def instants() -> random.Random:
    """Shown with whatever fails."""
    print(f"ANNALS_TEST_SEED={SEED}")
    return random.Random(SEED)


def sampled(few: int, many: int) -> pytest.MarkDecorator:
    """A few kills in every run of the tests, many in a soak."""
    return pytest.mark.parametrize("kills", [few, pytest.param(many, marks=pytest.mark.soak)])


def test_a_worker_killed_at_an_exact_moment_leaves_a_write_that_is_answered_by_the_next(
    parts: Parts,
) -> None:
    parts.start_web()
    dying = parts.start_worker("-m", "tests.acceptance.dying_worker", MOMENTS[0])
    until(lambda: is_ready(parts))
    # The worker that answers what one moment left unanswered dies at the next.
    following = [("-m", "tests.acceptance.dying_worker", moment) for moment in MOMENTS[1:]]
    with ThreadPoolExecutor(1) as pool:
        for number, (moment, command) in enumerate(zip(MOMENTS, (*following, ()), strict=True)):
            dying.send_signal(signal.SIGUSR1)
            writing = pool.submit(upload, parts, f"a{number}")
            assert dying.wait(DEADLINE) == -signal.SIGKILL, moment
            if moment != "after-commit":
                assert holds(partial(is_under_way, writing), looks=10), moment

            dying = parts.start_worker(*command)
            made = writing.result()
            assert made.status_code == 200, (moment, made.text)
            assert made.json()["globalId"] == number + 1
            until(lambda: is_ready(parts))
    assert has(parts, *(f"a{number}" for number in range(len(MOMENTS))))
    assert is_as_a_clean_replay(parts)


def end_of(kafka: str, topic: str) -> int:
    """The offset that the next record gets."""
    reader = Consumer({"bootstrap.servers": kafka, "group.id": "none"})
    try:
        end: int = reader.get_watermark_offsets(TopicPartition(topic, 0), timeout=DEADLINE)[1]
        return end
    finally:
        reader.close()


def test_a_web_part_killed_between_a_record_and_its_row_leaves_nothing_half(
    kafka: str, topic: str, parts: Parts
) -> None:
    web, worker = parts.start_web(), parts.start_worker()
    until(lambda: is_ready(parts))
    assert upload(parts, "before").status_code == 200
    end = end_of(kafka, topic)
    worker.send_signal(signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(upload, parts, "cut")
        until(lambda: end_of(kafka, topic) > end)
        kill(web)
        assert isinstance(writing.exception(), httpx.TransportError)
    # What it said is applied by the next worker; nobody goes on with the write.
    kill(worker)
    parts.start_web()
    parts.start_worker()
    until(lambda: is_ready(parts))

    assert not has(parts, "cut")
    again = upload(parts, "cut")
    assert again.status_code == 200, again.text
    assert has(parts, "before", "cut")
    assert is_as_a_clean_replay(parts)


def test_a_write_that_was_refused_while_the_worker_hung_is_not_done_later(parts: Parts) -> None:
    parts.environment["JOURNAL_RESPONSE_TIMEOUT"] = "1"
    parts.start_web()
    worker = parts.start_worker()
    until(lambda: is_ready(parts))
    store(parts, "before")
    worker.send_signal(signal.SIGSTOP)
    refused = upload(parts, "refused")
    assert refused.status_code == 503, refused.text
    kill(worker)
    # What the killed one said last still counts for a while.
    until(partial(is_at_work, parts.start_worker()))
    until(lambda: is_ready(parts))

    assert not has(parts, "refused")
    store(parts, "refused")
    assert http.get(f"{parts.url}{GROUP}/refused/meta").json()["globalId"] > 1
    assert is_as_a_clean_replay(parts)


@sampled(2, 45)
def test_a_worker_killed_under_load(parts: Parts, instants: random.Random, kills: int) -> None:
    parts.start_web()
    with clients(parts) as uploads:
        for _ in range(kills):
            worker = parts.start_worker()
            until(partial(is_at_work, worker))
            random_pause(instants, 1)
            kill(worker)
        parts.start_worker()
        until(lambda: is_ready(parts))

    assert uploads.acknowledged
    assert has(parts, *uploads.acknowledged)
    assert is_as_a_clean_replay(parts)


@pytest.fixture
def node(kafka: str, topic: str, tmp_path: Path, free_port: int) -> Iterator[NodeProcess]:
    """Not started yet."""
    process = node_process(
        tmp_path / "home", free_port, KAFKA_BOOTSTRAP_SERVERS=kafka, JOURNAL_TOPIC=topic
    )
    yield process
    process.stop()


@sampled(2, 40)
def test_a_node_killed_under_load(
    node: NodeProcess, instants: random.Random, kills: int, sqlite_database: str
) -> None:
    acknowledged = []
    for number in range(kills):
        node.start()
        with clients(node, f"k{number}c", may_be_gone=True) as uploads:
            until(partial(any, uploads.acknowledged))
            random_pause(instants, 1)
            node.kill()
        acknowledged += uploads.acknowledged
    node.start().wait_until_ready()

    assert acknowledged
    assert has(node, *acknowledged)
    assert is_as_a_clean_replay(node)


def fill(kafka: str, topic: str, size: int) -> None:
    """Records of every type, in an order that makes them meet in every way."""
    producer = Producer({"bootstrap.servers": kafka, "queue.buffering.max.messages": 2 * size})
    for each in random_journal(SEED, size):
        headers: list[tuple[str, str | bytes | None]] = [*each.headers]
        producer.produce(topic, key=each.key, value=each.value, headers=headers, partition=0)
    assert producer.flush(DEADLINE) == 0


def applied() -> int:
    """The offset that the tables of Django's present database are of."""
    return sum(Position.objects.values_list("next_offset", flat=True))


def is_applied(offset: int) -> bool:
    return applied() >= offset


@sampled(2, 45)
def test_a_worker_killed_while_it_replays(
    kafka: str, topic: str, parts: Parts, instants: random.Random, kills: int
) -> None:
    fill(kafka, topic, JOURNAL)
    worker = parts.start_worker()
    until(partial(is_at_work, worker))
    reached: list[int] = []
    # One kill at least comes after something was applied; a kill after the end does not count.
    while len(reached) < kills or not any(reached):
        until(partial(is_applied, instants.randrange(JOURNAL // 2)))
        random_pause(instants, 0.1)
        kill(worker)
        if applied() < JOURNAL:
            reached.append(applied())
        else:
            empty_database()
        worker = parts.start_worker()
        until(partial(is_at_work, worker))
    until(partial(is_applied, JOURNAL))

    print(f"killed at {reached} of {JOURNAL}")
    held = state_digest()
    with commands_reach(kafka):
        clean = digest_of_clean_replay(topic, held.content_view)
    assert clean == (held.value, {"0": JOURNAL})
