"""A real node in a process of its own, on its default settings, in a home of its own."""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import psutil

from bench.load import Address

ROOT = Path(__file__).resolve().parent.parent
_START_TIMEOUT = 90.0
_STOP_TIMEOUT = 30.0
_LOOK_EVERY = 0.01
_OURS = ("KAFKA_", "JOURNAL_", "ANNALS_", "DATABASE_URL", "DJANGO_")
_MIB = 1024 * 1024


class NodeFailed(Exception):
    """The node ended, or did not become ready in time; the text ends with what it printed."""


class NodeUnderTest:
    """Starts and ends as often as wanted; leaving the `with` block ends all its processes."""

    def __init__(self, home: Path, port: int, **environment: str) -> None:
        self.home = home
        self._environment = environment
        self.address: Address = ("127.0.0.1", port)
        self.topic = "kafkasql-journal"
        self._process: subprocess.Popen[bytes] | None = None
        self._family: list[psutil.Process] = []
        self._log_path = home.with_name("node.log")

    def __enter__(self) -> "NodeUnderTest":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """Of the broker that the node has started."""
        ports = json.loads((self.home / "broker" / "ports.json").read_text())
        return f"127.0.0.1:{ports['client']}"

    def start(self) -> float:
        """Seconds from the start of the process until it is ready; raises NodeFailed."""
        with self._log_path.open("wb") as log:
            began = time.perf_counter()
            self._process = _run_node(self.home, self.address[1], self._environment, log)
        self.wait_until_ready()
        took = time.perf_counter() - began
        self._family = _with_children(self._process.pid)
        return took

    def wait_until_ready(self, applied: int = 0) -> None:
        """Until it says so and has applied the journal up to that offset; raises NodeFailed."""
        deadline = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise NodeFailed(f"The node ended:\n{self._printed()}")
            status, said = self.health()
            if status == 200 and said["applied"] >= applied:
                return
            time.sleep(_LOOK_EVERY)
        raise NodeFailed(f"The node is not ready: {said}\n{self._printed()}")

    def health(self) -> tuple[int, dict[str, Any]]:
        """What /health/ready answers; (0, {}) while nobody does."""
        connection = http.client.HTTPConnection(*self.address, timeout=_START_TIMEOUT)
        try:
            connection.request("GET", "/health/ready")
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (ConnectionError, http.client.HTTPException):
            return 0, {}
        finally:
            connection.close()

    def memory(self) -> dict[str, float]:
        """Resident MiB of `web`, `worker` and `broker`; pages that they share count in each."""
        return {
            _part(each): each.memory_info().rss / _MIB
            for each in _with_children(self._pid)
            if _part(each)
        }

    def read(self, sql: str) -> list[Any]:
        """Rows of the node's database, read without the node."""
        uri = f"file:{self.home / 'annals.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def empty_database(self) -> None:
        """Only while it does not run."""
        for file in self.home.glob("annals.sqlite3*"):
            file.unlink()

    def stop(self) -> None:
        """SIGTERM, then SIGKILL for whatever is left: itself, its broker."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._family = _with_children(self._process.pid)
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for left in self._family:
            if left.is_running():
                left.kill()
        self._process = None

    @property
    def _pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _printed(self) -> str:
        return self._log_path.read_text(errors="replace")[-2000:]


def environment_of(home: Path, **settings: str) -> dict[str, str]:
    """What a node's process gets: nothing that this one was told about another node."""
    inherited = {name: each for name, each in os.environ.items() if not name.startswith(_OURS)}
    return {**inherited, "ANNALS_HOME": str(home), **settings}


def _run_node(
    home: Path, port: int, settings: dict[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=environment_of(home, ANNALS_HTTP_PORT=str(port), **settings),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def _with_children(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _part(process: psutil.Process) -> str:
    words = process.cmdline()
    if "java" in process.name():
        return "broker"
    if "journal_worker" in words:
        return "worker"
    return "web" if "serve" in words else ""
