"""The journal's worker as a child process, restarted after its death."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from journal.outcomes.outcomes import Outcomes
from journal.outcomes.pipe import PipeListener
from node.cli.progress import count_progress
from node.processes.cluster import KafkaCluster

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5
_START_TIMEOUT = 10.0
_STOP_TIMEOUT = 15.0
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
#: A worker that lived so long works, so the next pause is a short one again.
_STABLE_SECONDS = 60.0


@contextmanager
def worker_process(cluster: KafkaCluster, outcomes: Outcomes) -> Iterator[None]:
    """Apply the journal inside the block; finishes the current transaction at its end."""
    with count_progress("Replaying the journal") as on_progress:
        listener = PipeListener(outcomes, on_progress)
        supervisor = _WorkerSupervisor(listener, cluster)
        supervisor.start()
        listener.worker_began.wait(_START_TIMEOUT)
        try:
            yield
        finally:
            supervisor.stop()
            listener.close()


class _WorkerSupervisor:
    """A thread for starting the child, and restarting it after growing pauses."""

    def __init__(self, listener: PipeListener, cluster: KafkaCluster) -> None:
        self._listener = listener
        self._cluster = cluster
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker-supervisor", daemon=True)
        self._process = self._start_process()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()
        self._process.terminate()
        try:
            self._process.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            log.error("The journal worker does not end; it is killed")
            self._process.kill()
            self._process.wait()

    def _start_process(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.descriptor
        return subprocess.Popen(
            [sys.executable, "manage.py", "journal_worker", "--report-to", str(descriptor)],
            cwd=settings.BASE_DIR,
            env={**os.environ, "KAFKA_BOOTSTRAP_SERVERS": self._cluster.bootstrap_servers},
            pass_fds=[descriptor],
            # Ctrl-C in the terminal is for the web part, which ends the others in their order.
            start_new_session=True,
        )

    def _run(self) -> None:
        pause, started_at = _FIRST_PAUSE, time.monotonic()
        while not self._stopping.wait(_POLL_SECONDS):
            code = self._process.poll()
            if code is None:
                continue
            if time.monotonic() - started_at > _STABLE_SECONDS:
                pause = _FIRST_PAUSE
            log.error("The journal worker died", extra={"exit_code": code, "pause": pause})
            self._listener.worker_died()
            if not self._stopping.wait(pause):
                self._process, started_at = self._start_process(), time.monotonic()
                pause = min(pause * 2, _LONGEST_PAUSE)
