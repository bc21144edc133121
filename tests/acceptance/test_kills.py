"""kill -9 at exact and at random instants: nothing acknowledged is lost, nothing half is left."""

import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from confluent_kafka import Producer

from journal.digests import state_digest
from journal.models import Position
from tests.acceptance.dying_worker import MOMENTS
from tests.acceptance.faults import (
    clients,
    commands_reach,
    digest_of_clean_replay,
    has,
    is_as_a_clean_replay,
    is_ready,
    until,
    upload,
)
from tests.nodes import NodeProcess, node_process
from tests.parts import Parts, kill

#: ANNALS_TEST_SEED takes other instants.
SEED = int(os.environ.get("ANNALS_TEST_SEED", "20211209"))
JOURNAL = 40_000


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
    with ThreadPoolExecutor(1) as pool:
        for number, moment in enumerate(MOMENTS):
            # The second batch after its start is in the middle of an upload.
            dying = parts.start_worker("-m", "tests.acceptance.dying_worker", moment, "2")
            until(lambda: is_ready(parts))
            writing = pool.submit(upload, parts, f"a{number}")
            assert dying.wait(20) == -signal.SIGKILL, moment
            if moment != "after-commit":
                time.sleep(0.2)
                assert not writing.done(), moment

            worker = parts.start_worker()
            made = writing.result()
            assert made.status_code == 200, (moment, made.text)
            assert made.json()["globalId"] == number + 1
            kill(worker)
    worker = parts.start_worker()
    until(lambda: is_ready(parts))
    assert has(parts, *(f"a{number}" for number in range(len(MOMENTS))))
    assert is_as_a_clean_replay(parts)


@sampled(6, 60)
def test_a_worker_killed_under_load(parts: Parts, instants: random.Random, kills: int) -> None:
    parts.start_web()
    with clients(parts) as uploads:
        for _ in range(kills):
            worker = parts.start_worker()
            time.sleep(instants.uniform(0.1, 1.8))
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


@sampled(3, 30)
def test_a_node_killed_under_load(
    node: NodeProcess, instants: random.Random, kills: int, sqlite_database: str
) -> None:
    acknowledged = []
    for number in range(kills):
        node.start()
        with clients(node, f"k{number}c", may_be_gone=True) as uploads:
            time.sleep(instants.uniform(0.1, 3))
            node.kill()
        acknowledged += uploads.acknowledged
    node.start().wait_until_ready()

    assert acknowledged
    assert has(node, *acknowledged)
    assert is_as_a_clean_replay(node)


def fill(kafka: str, topic: str) -> None:
    """A journal as an old node left it: many draws of ids, every tenth record an artifact."""
    producer = Producer({"bootstrap.servers": kafka, "queue.buffering.max.messages": 2 * JOURNAL})
    for number in range(JOURNAL):
        key, value = b'\x09{"tenantId":"_","uuid":"%d"}' % number, b'\x09{"action":"CREATE"}'
        producer.produce(topic, key=key, value=value, partition=0)
    assert producer.flush(30) == 0


def is_applied(offset: int) -> bool:
    """Whether the tables of Django's present database are so far."""
    return sum(Position.objects.values_list("next_offset", flat=True)) >= offset


@sampled(5, 55)
def test_a_worker_killed_while_it_replays(
    kafka: str, topic: str, parts: Parts, instants: random.Random, kills: int
) -> None:
    fill(kafka, topic)
    for target in sorted(instants.randrange(JOURNAL) for _ in range(kills)):
        worker = parts.start_worker()
        until(partial(is_applied, target))
        kill(worker)
    parts.start_worker()
    until(partial(is_applied, JOURNAL))

    held = state_digest()
    with commands_reach(kafka):
        clean = digest_of_clean_replay(topic, held.content_view)
    assert clean == (held.value, {"0": JOURNAL})
