"""A few checking processes, each replaced when a task takes more than it may.

Callers take turns, so that one who asks for much holds up the others by a task or two.
"""

import os
import pickle
import queue
import signal
import socket
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from registry.checking.process import OUT_OF_MEMORY, receive, send
from registry.errors import CheckersBusy
from registry.turns import Turns, TurnsFull
from registry.waiting import wait_for

_MAIN = "from registry.checking.process import main; main()"
_ROOT = Path(__file__).parent.parent.parent
#: Of the processor, for one task. The largest contents that people publish take a tenth of it.
CPU_SECONDS = 5
_MEMORY_BYTES = 1024**3
#: On a busy machine the same work takes many more by the clock.
_SECONDS_BY_THE_CLOCK = 60
#: Seconds that a task waits for a process, and tasks that wait at most, half of them of one caller.
_WAIT_SECONDS = 20
_MAX_WAITING = 1000
#: For a process that closed its end of the socket to end.
_EXIT_SECONDS = 5


class CheckFailed(Exception):
    """A task exceeded a limit, or its process died; the text gives the reason."""


@dataclass(frozen=True, slots=True)
class _Task:
    request: bytes
    result: Future[bytes] = field(default_factory=Future)


class CheckPool:
    """Processes are started for the first tasks, and end with this one."""

    def __init__(self, size: int) -> None:
        # Each waits for one process, so that a caller may wait without a thread.
        self._threads = ThreadPoolExecutor(size, "check")
        self._waiting: Turns[_Task] = Turns(_MAX_WAITING, _MAX_WAITING // 2)
        self._idle: queue.LifoQueue[_CheckingProcess | None] = queue.LifoQueue()
        for _ in range(size):
            self._idle.put(None)

    def run(self, name: str, *arguments: Any) -> bytes:
        """Return the encoded result of a task of registry.checking.tasks.

        Raises CheckFailed, CheckersBusy.
        """
        task = _Task(pickle.dumps((name, arguments)))
        try:
            self._waiting.add(task)
        except TurnsFull:
            raise CheckersBusy from None
        self._threads.submit(self._run_next)
        if not wait_for(task.result, _WAIT_SECONDS) and task.result.cancel():
            raise CheckersBusy
        # Begun, so that the limits of a task end it.
        wait_for(task.result)
        return task.result.result()

    def _run_next(self) -> None:
        task = self._waiting.take()
        if not task.result.set_running_or_notify_cancel():
            return
        try:
            task.result.set_result(self._run(task.request))
        except Exception as error:
            task.result.set_exception(error)

    def _run(self, request: bytes) -> bytes:
        process = self._idle.get()
        try:
            process = process or _CheckingProcess()
            return process.run(request)
        except CheckFailed:
            process = None
            raise
        finally:
            self._idle.put(process)

    def close(self) -> None:
        """End the idle processes; all others end with their task."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        while not self._idle.empty():
            process = self._idle.get()
            if process is not None:
                process.close()


class _CheckingProcess:
    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="annals-check-")
        self._connection, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-c", _MAIN),
                    *map(str, (theirs.fileno(), CPU_SECONDS, _MEMORY_BYTES)),
                ],
                cwd=_ROOT,
                # What a killed process leaves behind is deleted with the folder.
                env={**os.environ, "TMPDIR": self._folder.name},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # protoc is killed with it, and Ctrl-C in a terminal is for the parent.
                start_new_session=True,
            )

    def run(self, request: bytes) -> bytes:
        """Raises CheckFailed; the process has ended then."""
        self._connection.settimeout(_SECONDS_BY_THE_CLOCK)
        is_late = False
        try:
            send(self._connection, request)
            response = receive(self._connection)
            if response is not None:
                return response
        except TimeoutError:
            is_late = True
        except OSError:
            # It ended while the request was sent.
            pass
        self.close()
        raise CheckFailed(_describe_end(self._process.returncode, is_late))

    def close(self) -> None:
        """End the process; its exit code shows why it ended by itself before."""
        self._connection.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_EXIT_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._folder.cleanup()


def _describe_end(exit_code: int, is_late: bool) -> str:
    if exit_code == -signal.SIGXCPU:
        return f"The content takes more than {CPU_SECONDS} seconds of the processor to check"
    if is_late:
        return f"The content takes more than {_SECONDS_BY_THE_CLOCK} seconds to check"
    if exit_code in {OUT_OF_MEMORY, -signal.SIGABRT}:
        # The interpreter aborts where it has no memory for the MemoryError itself.
        return f"The content takes more than {_MEMORY_BYTES:,} bytes of memory to check"
    return f"The check of the content ended early, with exit code {exit_code}"
