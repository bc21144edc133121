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
_POLL_SECONDS = 0.01
_OWN_PREFIXES = ("KAFKA_", "JOURNAL_", "ANNALS_", "DATABASE_URL", "DJANGO_")
_MIB = 1024 * 1024


class NodeFailed(Exception):
    """The node ended, or did not become ready in time; the message ends with its log."""


class NodeUnderTest:
    """A node to start and stop repeatedly; leaving the `with` block ends all its processes."""

    def __init__(self, home: Path, port: int, **environment: str) -> None:
        self.home = home
        self._environment = environment
        self.address: Address = ("127.0.0.1", port)
        self.topic = "kafkasql-journal"
        self._process: subprocess.Popen[bytes] | None = None
        self._processes: list[psutil.Process] = []
        self._log_path = home.with_name("node.log")

    def __enter__(self) -> "NodeUnderTest":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def bootstrap_servers(self) -> str:
        """Return the address of the node's embedded broker."""
        ports = json.loads((self.home / "broker" / "ports.json").read_text())
        return f"127.0.0.1:{ports['client']}"

    def start(self) -> float:
        """Start the node and return seconds until it is ready; raises NodeFailed."""
        with self._log_path.open("wb") as log:
            started_at = time.perf_counter()
            self._process = _run_node(self.home, self.address[1], self._environment, log)
        self.wait_until_ready()
        seconds = time.perf_counter() - started_at
        self._processes = _process_tree(self._process.pid)
        return seconds

    def wait_until_ready(self, applied: int = 0) -> None:
        """Wait until the node is ready and has applied `applied` offsets; raises NodeFailed."""
        deadline = time.monotonic() + _START_TIMEOUT
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise NodeFailed(f"The node ended:\n{self._log_tail()}")
            status, body = self.health()
            if status == 200 and body["applied"] >= applied:
                return
            time.sleep(_POLL_SECONDS)
        raise NodeFailed(f"The node is not ready: {body}\n{self._log_tail()}")

    def health(self) -> tuple[int, dict[str, Any]]:
        """Return status and body of /health/ready; (0, {}) without a response."""
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
        """Return resident MiB of `web`, `worker` and `broker`; each includes shared pages."""
        return {
            _role(process): process.memory_info().rss / _MIB
            for process in _process_tree(self._pid)
            if _role(process)
        }

    def read(self, sql: str) -> list[Any]:
        """Read rows of the node's database, without the node."""
        uri = f"file:{self.home / 'annals.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def empty_database(self) -> None:
        """Delete the database of a stopped node."""
        for file in self.home.glob("annals.sqlite3*"):
            file.unlink()

    def stop(self) -> None:
        """Send SIGTERM, then SIGKILL to remaining processes."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._processes = _process_tree(self._process.pid)
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for process in self._processes:
            if process.is_running():
                process.kill()
        self._process = None

    @property
    def _pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def _log_tail(self) -> str:
        return self._log_path.read_text(errors="replace")[-2000:]


def build_environment(home: Path, **settings: str) -> dict[str, str]:
    """Return this process's environment for a node, without settings of any other node."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(_OWN_PREFIXES)
    }
    return {**inherited, "ANNALS_HOME": str(home), **settings}


def _run_node(
    home: Path, port: int, settings: dict[str, str], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=ROOT,
        env=build_environment(home, ANNALS_HTTP_PORT=str(port), **settings),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
    )


def _process_tree(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def _role(process: psutil.Process) -> str:
    words = process.cmdline()
    if "java" in process.name():
        return "broker"
    if "journal_worker" in words:
        return "worker"
    return "web" if "serve" in words else ""
