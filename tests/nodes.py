"""Running nodes for tests: one inside the test's process, one as a user would start it."""

import gc
import os
import queue
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from django.conf import settings
from django.db import connections

from journal.health import node_state
from journal.journal import Journal
from journal.kafka.topics import KafkaTopic
from journal.worker.startup import WorkerConfig
from journal.worker.worker import Worker
from node.config.home import Home
from tests.databases import copied, pointed_at
from tests.kafka_fixture import new_topic
from tests.own_node import in_use, journal
from tests.reporter import InProcessReporter
from tests.waiting import DEADLINE, until
from tests.web import http

ROOT = Path(__file__).parent.parent
#: Not repeated: processes of one run must not agree on their ports.
_chance = random.SystemRandom()


def pytest_configure() -> None:
    """Let writes wait for their outcomes as long as tests wait, unless a test says otherwise."""
    settings.JOURNAL_RESPONSE_TIMEOUT = DEADLINE


def pytest_collection_finish() -> None:
    """Leave all that was imported out of garbage collections: each worker here begins with one."""
    gc.collect()
    gc.freeze()


@contextmanager
def worker_started(topic: str, creates_topic: bool = False) -> Iterator[Worker]:
    """The worker on a thread of this process."""
    outcomes = journal().outcomes
    outcomes.follower.switch_to_pipe()
    config = WorkerConfig(settings.KAFKA_PROPERTIES, topic, creates_topic=creates_topic)
    worker = Worker(config, connections.settings["journal"], InProcessReporter(outcomes))
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join()


@contextmanager
def worker_running(topic: str, creates_topic: bool = False) -> Iterator[Worker]:
    """The same, caught up."""
    with worker_started(topic, creates_topic) as worker:
        assert worker.caught_up.wait(DEADLINE)
        yield worker


@contextmanager
def worker_in_trouble(topic: str, creates_topic: bool = False) -> Iterator[Worker]:
    """The same, alive and with a reason why it does not apply."""
    with worker_started(topic, creates_topic) as worker:
        until(lambda: node_state.node_state().trouble)
        yield worker


@contextmanager
def node_running(kafka: str, topic: str) -> Iterator[Journal]:
    """Commands, queries and views work on this topic and Django's present database."""
    # The same layer of settings gets both values back, though a test's own overrides may lie
    # above it then.
    layer = settings.__dict__["_wrapped"]
    before = {
        "KAFKA_PROPERTIES": settings.KAFKA_PROPERTIES,
        "JOURNAL_TOPIC": settings.JOURNAL_TOPIC,
    }
    _assign(layer, {"KAFKA_PROPERTIES": {"bootstrap.servers": kafka}, "JOURNAL_TOPIC": topic})
    own = Journal(KafkaTopic(settings.KAFKA_PROPERTIES, topic))
    try:
        with in_use(own), worker_running(topic):
            yield own
    finally:
        _assign(layer, before)


def _assign(layer: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(layer, name, value)
        settings.__dict__.pop(name, None)  # where Django caches what it read


@pytest.fixture
def node(kafka: str, topic: str, sqlite_database: str) -> Iterator[Journal]:
    """A node on a fresh topic and a fresh SQLite file; Django's test client speaks to it."""
    with node_running(kafka, topic) as journal:
        yield journal


@pytest.fixture(scope="module")
def shared_node(
    kafka: str,
    sqlite_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Iterator[None]:
    """One for all tests of a module, each of which speaks of artifacts of its own."""
    url = copied(sqlite_template, tmp_path_factory.mktemp("shared") / "annals.sqlite3")
    with django_db_blocker.unblock(), pointed_at(url), node_running(kafka, new_topic(kafka)):
        yield


@pytest.fixture
def node_on_each(kafka: str, topic: str, each_database: str) -> Iterator[Journal]:
    """The same, once on SQLite and once on PostgreSQL."""
    with node_running(kafka, topic) as journal:
        yield journal


@dataclass
class NodeProcess:
    """`manage.py serve` in a process of its own, as a user starts it."""

    environment: dict[str, str]
    process: subprocess.Popen[str] = field(init=False)
    url: str = field(init=False, default="")
    _reader: threading.Thread = field(init=False)
    lines: "queue.Queue[str]" = field(init=False)

    def start(self) -> "NodeProcess":
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        said = self.wait_for(r"Annals is at (\S+)")
        self.url = said.group(1).rstrip("/")
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as printed:
            for line in printed:
                self.lines.put(line)
        self.lines.put("")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return the first match in what the node prints; fail with all that it printed before."""
        printed = ""
        while True:
            try:
                line = self.lines.get(timeout=DEADLINE)
            except queue.Empty:
                raise AssertionError(f"no {pattern!r} in:\n{printed}") from None
            if not line:
                raise AssertionError(f"ended before {pattern!r}:\n{printed}")
            printed += line
            found = re.search(pattern, line)
            if found:
                return found

    def wait_until_ready(self) -> None:
        """Wait for /health/ready; fail with its last answer."""
        answers: list[httpx.Response] = []

        def is_ready() -> bool:
            answers[:] = [http.get(f"{self.url}/health/ready")]
            return answers[0].status_code == 200

        try:
            until(is_ready)
        except AssertionError as error:
            raise AssertionError(f"not ready: {answers[0].text}") from error

    def kill(self) -> None:
        """Send SIGKILL and wait for the end."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join(DEADLINE)

    def stop(self) -> int:
        """Send SIGTERM, unless the node has ended; return the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(DEADLINE)
        self._reader.join(DEADLINE)
        return code


def node_process(home: Path, port: int, **environment: str) -> NodeProcess:
    """Return a node with its home and port, not started yet; its tables are migrated."""
    template = os.environ.get("ANNALS_TEST_SQLITE")
    if template and not Home(home).database.exists():
        Home(home).create()
        shutil.copy(template, Home(home).database)
    return new_node_process(home, port, **environment)


def new_node_process(home: Path, port: int, **environment: str) -> NodeProcess:
    """The same in a home in which no node was started yet."""
    usual = {
        "ANNALS_HOME": str(home),
        "ANNALS_HTTP_PORT": str(port),
        "JOURNAL_RESPONSE_TIMEOUT": str(DEADLINE),
    }
    return NodeProcess({**usual, **environment})


def worker_of(node: NodeProcess) -> psutil.Process:
    """Return the process of the node's worker."""
    return next(
        child
        for child in psutil.Process(node.process.pid).children()
        if "journal_worker" in child.cmdline()
    )


@contextmanager
def serving(folder: Path, kafka: str, topic: str, **environment: str) -> Iterator[NodeProcess]:
    """A node in its own process, ready; `.url` is its address without a slash."""
    usual = {"KAFKA_BOOTSTRAP_SERVERS": kafka, "JOURNAL_TOPIC": topic}
    process = node_process(folder / "home", unused_port(), **usual, **environment)
    try:
        process.start().wait_until_ready()
        yield process
    finally:
        process.stop()


@pytest.fixture
def live_node(kafka: str, topic: str, tmp_path: Path) -> Iterator[NodeProcess]:
    """On a fresh topic."""
    with serving(tmp_path, kafka, topic) as node:
        yield node


@pytest.fixture(scope="module")
def kept_node(kafka: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeProcess]:
    """One for all tests of a module, on a topic of its own."""
    with serving(tmp_path_factory.mktemp("kept"), kafka, new_topic(kafka)) as node:
        yield node


@pytest.fixture
def free_port() -> int:
    return unused_port()


@pytest.fixture
def another_port() -> int:
    return unused_port()


def unused_port() -> int:
    """Return one below those that systems give to outgoing connections, which come at any time."""
    while True:
        port = _chance.randrange(10_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
