"""Web and worker processes that tests start, kill and start again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.nodes import ROOT, unused_port
from tests.waiting import DEADLINE, until
from tests.web import http

WORKER = ("manage.py", "journal_worker")


@contextmanager
def running(
    *command: str, environment: dict[str, str], output: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run Python with these arguments; end it with SIGTERM, if it still runs, and show `output`."""
    with output.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(DEADLINE)
        print(output.read_text())


@dataclass
class Parts:
    """Processes on one database; `url` is the web process's."""

    environment: dict[str, str]
    #: Holds the logs of the processes.
    folder: Path
    url: str = ""
    _outputs: dict[int, Path] = field(default_factory=dict)
    _stack: ExitStack = field(default_factory=ExitStack)

    def start_web(self) -> subprocess.Popen[bytes]:
        """Start a web process and wait until it answers at a new `url`."""
        port = str(unused_port())
        web = ("-m", "uvicorn", "node.asgi:application", "--lifespan", "off", "--port", port)
        process = self._start(*web)
        self.url = f"http://127.0.0.1:{port}"
        until(self._answers)
        return process

    def start_worker(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a worker; `command` are other arguments of Python."""
        return self._start(*(command or WORKER))

    def printed(self, process: subprocess.Popen[bytes]) -> str:
        """Return what one of the processes has printed so far."""
        return self._outputs[process.pid].read_text()

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        output = self.folder / f"part-{len(self._outputs)}.log"
        part = running(*command, environment=self.environment, output=output)
        process = self._stack.enter_context(part)
        self._outputs[process.pid] = output
        return process

    def _answers(self) -> bool:
        try:
            return http.get(f"{self.url}/health/live").status_code in {200, 503}
        except httpx.TransportError:
            return False

    def close(self) -> None:
        self._stack.close()


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


@contextmanager
def parts_of(kafka: str, topic: str, database: str, home: Path) -> Iterator[Parts]:
    """Prepare processes without starting them; `database` is a URL."""
    environment = {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "JOURNAL_TOPIC": topic,
        "DATABASE_URL": database,
        "ANNALS_HOME": str(home),
        "JOURNAL_RESPONSE_TIMEOUT": str(DEADLINE),
        "DJANGO_SETTINGS_MODULE": "node.settings",
    }
    home.mkdir()
    parts = Parts(environment, home)
    try:
        yield parts
    finally:
        parts.close()
