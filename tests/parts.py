"""The parts alone: a web process, and worker processes that tests start, kill and start again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.acceptance.faults import until
from tests.nodes import ROOT, unused_port

WORKER = ("manage.py", "journal_worker")


@contextmanager
def running(*command: str, environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Python with these arguments; ended with SIGTERM, if it still runs."""
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, **environment}
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Parts:
    """One set of parts on one database; `url` is the web part's."""

    environment: dict[str, str]
    url: str = ""
    _stack: ExitStack = field(default_factory=ExitStack)

    def start_web(self) -> subprocess.Popen[bytes]:
        """Answers when this returns, at a new `url`."""
        port = str(unused_port())
        web = ("-m", "uvicorn", "node.asgi:application", "--lifespan", "off", "--port", port)
        process = self._start(*web)
        self.url = f"http://127.0.0.1:{port}"
        until(self._answers)
        return process

    def start_worker(self, *command: str) -> subprocess.Popen[bytes]:
        """`command` is what Python runs, the ordinary worker unless given."""
        return self._start(*(command or WORKER))

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        return self._stack.enter_context(running(*command, environment=self.environment))

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/live").status_code in {200, 503}
        except httpx.TransportError:
            return False

    def close(self) -> None:
        self._stack.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def parts_of(kafka: str, topic: str, database: str, home: Path) -> Iterator[Parts]:
    """None of them started yet; `database` is a URL."""
    parts = Parts({
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JOURNAL_TOPIC": topic,
        "DATABASE_URL": database,
        "ANNALS_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "node.settings",
    })
    try:
        yield parts
    finally:
        parts.close()
