"""Running nodes for tests: one inside the test's process, one as a user would start it."""

import os
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.db import connections

from journal import follower, queries, speaker
from journal.run import Source
from journal.worker import Worker
from tests.kafka_fixture import new_topic

ROOT = Path(__file__).parent.parent
_START_TIMEOUT = 60


@contextmanager
def worker_started(topic: str, creates_topic: bool = False) -> Iterator[Worker]:
    """The worker on a thread of this process."""
    follower.worker_tells()
    source = Source(settings.KAFKA_PROPERTIES, topic, creates_topic=creates_topic)
    worker = Worker(source, connections.settings["journal"])
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
        assert worker.caught_up.wait(_START_TIMEOUT)
        yield worker


@contextmanager
def worker_in_trouble(topic: str, creates_topic: bool = False) -> Iterator[Worker]:
    """The same, alive and with a reason why it does not apply."""
    with worker_started(topic, creates_topic) as worker:
        deadline = time.monotonic() + _START_TIMEOUT
        while not queries.node_state().trouble:
            assert time.monotonic() < deadline, "no trouble came"
            time.sleep(0.05)
        yield worker


@contextmanager
def node_running(kafka: str, topic: str) -> Iterator[None]:
    """Commands, queries and views work on this topic and Django's present database."""
    before = settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC
    settings.KAFKA_PROPERTIES = {"bootstrap.servers": kafka}
    settings.JOURNAL_TOPIC = topic
    try:
        with worker_running(topic):
            yield
    finally:
        speaker.close()
        settings.KAFKA_PROPERTIES, settings.JOURNAL_TOPIC = before


@pytest.fixture
def node(kafka: str, topic: str, sqlite_database: str) -> Iterator[None]:
    """A node on a fresh topic and a fresh SQLite file; Django's test client speaks to it."""
    with node_running(kafka, topic):
        yield


@pytest.fixture
def node_on_each(kafka: str, topic: str, each_database: str) -> Iterator[None]:
    """The same, once on SQLite and once on PostgreSQL."""
    with node_running(kafka, topic):
        yield


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

    def wait_for(self, pattern: str, timeout: float = _START_TIMEOUT) -> re.Match[str]:
        """The first match in what it prints; fails with all that it printed before."""
        deadline = time.monotonic() + timeout
        printed = ""
        while True:
            try:
                line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {pattern!r} within {timeout} s in:\n{printed}") from None
            if not line:
                raise AssertionError(f"ended before {pattern!r}:\n{printed}")
            printed += line
            found = re.search(pattern, line)
            if found:
                return found

    def wait_until_ready(self, timeout: float = _START_TIMEOUT) -> None:
        """Looks at /health/ready; fails with what it said last."""
        deadline = time.monotonic() + timeout
        said = "nothing"
        while time.monotonic() < deadline:
            answer = httpx.get(f"{self.url}/health/ready", timeout=timeout)
            if answer.status_code == 200:
                return
            said = answer.text
            time.sleep(0.05)
        raise AssertionError(f"not ready: {said}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self._reader.join(5)

    def stop(self, timeout: float = 30) -> int:
        """SIGTERM; returns the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout)
        self._reader.join(5)
        return code


def node_process(home: Path, port: int, **environment: str) -> NodeProcess:
    """A node with its home and port; not started yet."""
    return NodeProcess({"ANNALS_HOME": str(home), "ANNALS_HTTP_PORT": str(port), **environment})


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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
